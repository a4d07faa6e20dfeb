"""Opens one run folder by the state script and checks what ParaView makes of it (under pvbatch)."""
import csv
import os
import sys

folder = sys.argv[1] if len(sys.argv) > 1 else sys.exit(0)  # without: only tells that Python works
here = os.path.dirname(os.path.abspath(__file__))
sys.argv = sys.argv[:1]
sys.path.insert(0, os.path.join(here, "..", "paraview"))
from open_run import *
from paraview.vtk.vtkIOImage import vtkPNGReader

# Discretization and sampling; the runs have an L1 tolerance of 0.05.
TOLERANCE = 0.01
SAMPLES = 81  # along each axis: spectrally accurate for smooth densities that vanish at the walls


def integrals(reader, time):
    """Mass and expected loss: sums over values that ParaView interpolates within the cells."""
    dimension = dimension_of(reader)
    source = reader
    if dimension > 1:
        source = ResampleToImage(Input=reader)
        source.SamplingDimensions = [SAMPLES if d < dimension else 1 for d in range(3)]
    products = Calculator(Input=source, Function="rho*loss", ResultArrayName="rho_loss")
    sums = IntegrateVariables(Input=products)
    sums.UpdatePipeline(time)
    return [sums.PointData[name].GetRange()[0] for name in ("rho", "rho_loss")]


def check_fields(reader):
    with open(os.path.join(folder, "observables.csv")) as file:
        rows = list(csv.DictReader(file))
    recorded = [float(row["time [time]"]) for row in rows]
    assert times_of(reader) == recorded, (times_of(reader), recorded)
    for row, time in zip(rows, recorded):
        mass, loss = integrals(reader, time)
        assert abs(mass - 1) < TOLERANCE, (time, mass)
        expected = float(row["expected_loss [loss]"])
        assert abs(loss / expected - 1) < TOLERANCE, (time, loss, expected)
        highest = float(row["maximum_density [1/volume]"])
        reader.UpdatePipeline(time)
        assert abs(reader.PointData["rho"].GetRange()[1] / highest - 1) < 0.1, (time, highest)  # nodes here, quadrature points there
    assert set(fields_of(reader)) >= {"rho", "log10_rho", "ratio", "loss", "current", "invariant"}


def check_picture(view, file):
    SaveScreenshot(file, view)
    png = vtkPNGReader()
    png.SetFileName(file)
    png.Update()
    image = png.GetOutput()
    width, height, _ = image.GetDimensions()
    pixels = image.GetPointData().GetScalars()
    colours = {pixels.GetTuple(k) for k in range(0, width * height, 7)}
    assert len(colours) > 20, "the picture has only %d colours" % len(colours)


reader, view = open_run(folder)
check_fields(reader)
check_picture(view, os.path.join(folder, "paraview.png"))
