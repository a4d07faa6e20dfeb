"""Opens one run folder by the state script and checks what ParaView makes of it (under pvbatch)."""
import csv
import os
import sys

if len(sys.argv) == 1:  # only tells whether Python works: pvbatch returns 0 either way
    import paraview.simple
    print("Python works")
    sys.exit()
folder = sys.argv[1]
here = os.path.dirname(os.path.abspath(__file__))
sys.argv = sys.argv[:1]
sys.path.insert(0, os.path.join(here, "..", "paraview"))
from open_run import *
import numpy as np
from paraview import servermanager
from paraview.vtk.util.numpy_support import vtk_to_numpy
from paraview.vtk.vtkIOImage import vtkPNGReader

# By dimension: rho = w u is not a polynomial, but the fields hold its values at the cells' nodes, and those
# of the 3D run are few.
TOLERANCE = {1: 2e-3, 2: 5e-3, 3: 5e-2}


def newton_cotes(degree):
    """Weights of the closed rule on [0, 1] with equidistant nodes: exact for the polynomial through them."""
    nodes = np.arange(degree + 1) / degree
    powers = np.arange(degree + 1)
    return np.linalg.solve(nodes[None, :] ** powers[:, None], 1 / (powers + 1))


def integrals(reader, time):
    """Mass and expected loss from what ParaView has loaded. The cells are boxes."""
    reader.UpdatePipeline(time)
    grid = servermanager.Fetch(reader)
    dimension = dimension_of(reader)
    points = vtk_to_numpy(grid.GetPoints().GetData())[:, :dimension].astype(float)
    rho, loss = (vtk_to_numpy(grid.GetPointData().GetArray(name)) for name in ("rho", "loss"))
    mass = expected_loss = 0
    for c in range(grid.GetNumberOfCells()):
        ids = grid.GetCell(c).GetPointIds()
        ids = np.array([ids.GetId(k) for k in range(ids.GetNumberOfIds())])
        degree = round(len(ids) ** (1 / dimension)) - 1
        lower, upper = points[ids].min(0), points[ids].max(0)
        places = np.rint((points[ids] - lower) / (upper - lower) * degree).astype(int)
        weights = newton_cotes(degree)[places].prod(1) * (upper - lower).prod()
        mass += weights @ rho[ids]
        expected_loss += weights @ (rho[ids] * loss[ids])
    return mass, expected_loss


def check_fields(reader):
    with open(os.path.join(folder, "observables.csv")) as file:
        rows = list(csv.DictReader(file))
    recorded = [float(row["time [time]"]) for row in rows]
    assert times_of(reader) == recorded, (times_of(reader), recorded)
    for row, time in zip(rows, recorded):
        mass, loss = integrals(reader, time)
        tolerance = TOLERANCE[dimension_of(reader)]
        assert abs(mass - 1) < tolerance, (time, mass)
        expected = float(row["expected_loss [loss]"])
        assert abs(loss / expected - 1) < tolerance, (time, loss, expected)
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
