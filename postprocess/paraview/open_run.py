"""Shows a run folder of Lowland in ParaView.

One parameter: curves of the density and the invariant density. Two: the density in colours on a
logarithmic scale, fixed over all times, over contours of the loss. Three: nested shells of the
density in a box. A run of `escape` shows its committor instead.

    pvpython open_run.py DIR [picture.png]      draws the last time, headless
    LOWLAND_RUN=DIR paraview --script=open_run.py
    in the GUI: Tools > Python Shell: exec(open("open_run.py").read()); open_run("DIR")
"""
import glob
import os
import sys

from paraview.simple import *

DECADES = 8  # shown below the maximum of a density
SHELLS = ((0.04, 0.10), (0.2, 0.18), (0.5, 0.35), (0.8, 1.0))  # share of the maximum, opacity
COLOUR_MAP = "Viridis (matplotlib)"


def read_run(folder):
    """The reader of the run's fields. Raises ValueError if there are none."""
    collection = os.path.join(folder, "density.pvd")
    passages = sorted(glob.glob(os.path.join(folder, "fields", "escape_*.vtu")))
    if os.path.exists(collection):
        reader = PVDReader(registrationName=name_of(folder), FileName=collection)
    elif passages:
        reader = XMLUnstructuredGridReader(registrationName=name_of(folder), FileName=passages[:1])
    else:
        raise ValueError(folder + " holds no run: it has no density.pvd.")
    reader.UpdatePipeline()
    return reader


def name_of(folder):
    return os.path.basename(os.path.abspath(folder))


def times_of(reader):
    times = reader.TimestepValues
    return list(times) if hasattr(times, "__len__") else [times]


def dimension_of(reader):
    bounds = reader.GetDataInformation().GetBounds()
    return sum(bounds[2 * d + 1] > bounds[2 * d] for d in range(3))


def range_over_time(reader, field):
    """Smallest and largest value of a field over all recorded times."""
    lowest, highest = float("inf"), -float("inf")
    for time in times_of(reader) or [0]:
        reader.UpdatePipeline(time)
        low, high = reader.PointData[field].GetRange()
        lowest, highest = min(lowest, low), max(highest, high)
    return lowest, highest


def bounds_of_density(reader, field):
    """Where the field exceeds a thousandth of its maximum, with a margin: in a wide box a small part."""
    part = Threshold(registrationName="where the density is", Input=reader)
    part.Scalars = ["POINTS", field]
    part.ThresholdMethod = "Above Upper Threshold"
    part.UpperThreshold = 1e-3 * reader.PointData[field].GetRange()[1]
    part.UpdatePipeline()
    found, domain = part.GetDataInformation().GetBounds(), reader.GetDataInformation().GetBounds()
    Delete(part)
    bounds = []
    for d in range(3):
        margin = 0.15 * (found[2 * d + 1] - found[2 * d])
        bounds.append(max(domain[2 * d], found[2 * d] - margin))
        bounds.append(min(domain[2 * d + 1], found[2 * d + 1] + margin))
    return bounds


def fields_of(reader):
    return list(reader.PointData.keys())


def colour(display, field, lowest, highest, log):
    """Colours by the field on a fixed scale."""
    ColorBy(display, ("POINTS", field))
    table = GetColorTransferFunction(field)
    table.AutomaticRescaleRangeMode = "Never"
    table.ApplyPreset(COLOUR_MAP, True)
    if log:
        lowest = max(lowest, highest * 10.0**-DECADES)
    table.RescaleTransferFunction(lowest, highest)
    if log:
        table.MapControlPointsToLogSpace()
        table.UseLogScale = 1
    return table


def loss_contours(reader, view, number=12):
    """Thin lines at even distances on the slopes of a quadratic loss."""
    low, high = reader.PointData["loss"].GetRange()
    lines = Contour(registrationName="contours of the loss", Input=reader)
    lines.ContourBy = ["POINTS", "loss"]
    lines.Isosurfaces = [low + (high - low) * (k / (number + 1)) ** 2 for k in range(1, number + 1)]
    display = Show(lines, view)
    ColorBy(display, None)
    display.AmbientColor = display.DiffuseColor = [1, 1, 1]
    display.Ambient, display.Opacity = 1, 0.5
    return lines


def show_curves(reader, view):
    left, right = reader.GetDataInformation().GetBounds()[:2]
    line = PlotOverLine(registrationName="curves", Input=reader)
    line.Point1, line.Point2 = [left, 0, 0], [right, 0, 0]
    line.Resolution = 2000
    display = Show(line, view)
    display.UseIndexForXAxis = 0
    display.XArrayName = "Points_X"
    display.SeriesVisibility = [f for f in ("rho", "invariant", "committor") if f in fields_of(reader)]
    view.BottomAxisTitle, view.LeftAxisTitle = "x", "density"


def show_map(reader, view, field, log):
    display = Show(reader, view)
    display.NonlinearSubdivisionLevel = 3  # cells are polynomials
    display.Ambient, display.Diffuse = 1, 0  # colours as in the bar
    lowest, highest = (0, 1) if field == "committor" else range_over_time(reader, field)
    table = colour(display, field, lowest, highest, log)
    display.SetScalarBarVisibility(view, True)
    GetScalarBar(table, view).Title = field
    loss_contours(reader, view)
    view.InteractionMode = "2D"


def show_shells(reader, view, field):
    lowest, highest = range_over_time(reader, field)
    for share, opacity in SHELLS:
        shell = Contour(registrationName=f"{field} = {share:g} of its maximum", Input=reader)
        shell.ContourBy = ["POINTS", field]
        shell.Isosurfaces = [share * highest]
        display = Show(shell, view)
        colour(display, field, 0, highest, False)
        display.Opacity = opacity


def open_run(folder):
    """Shows the run in a new view and returns (reader, view), at the last recorded time."""
    reader = read_run(folder)
    field = "committor" if "committor" in fields_of(reader) else "rho"
    dimension = dimension_of(reader)
    LoadPalette(paletteName="WhiteBackground")
    view = CreateView("XYChartView" if dimension == 1 else "RenderView")
    if dimension == 1:
        show_curves(reader, view)
    elif dimension == 2:
        show_map(reader, view, field, log=field == "rho")
    else:
        show_shells(reader, view, field)
    scene = GetAnimationScene()
    scene.UpdateAnimationUsingDataTimeSteps()
    if times_of(reader):
        scene.AnimationTime = times_of(reader)[-1]
    if dimension > 1:
        frame(reader, view, field, dimension)
    Render(view)
    return reader, view


def frame(reader, view, field, dimension):
    """Axes around the part that is looked at, the time in a corner."""
    bounds = bounds_of_density(reader, field)
    view.ViewSize = [1200, 900]
    view.OrientationAxesVisibility = 0
    view.AxesGrid.Visibility = 1
    view.AxesGrid.XTitle, view.AxesGrid.YTitle, view.AxesGrid.ZTitle = "x", "y", "z"
    view.AxesGrid.UseCustomBounds = 1
    view.AxesGrid.CustomBounds = bounds
    if times_of(reader):
        Show(AnnotateTimeFilter(registrationName="time", Input=reader, Format="t = {time:g}"), view)
    Render(view)
    if dimension == 3:
        camera = GetActiveCamera()
        camera.Azimuth(30)
        camera.Elevation(25)
    view.ResetCamera(bounds)


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    folder = words[0] if words else os.environ.get("LOWLAND_RUN")
    if not folder:
        return
    try:
        _, view = open_run(folder)
    except ValueError as error:
        sys.exit(f"open_run.py: {error}")
    if len(words) > 1:
        SaveScreenshot(words[1], view)


if __name__ in ("__main__", "__vtkconsole__"):
    main()
