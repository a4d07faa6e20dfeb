#!/usr/bin/python3
"""What numpy and scipy do: Scharfetter-Gummel finite volumes on a tensor grid, sparse LU, SDIRK.

    finite_volumes.py P1 | P2 CELLS STEPS

P1: `error` is L1 of the multilinear interpolant, `error_in_cells` that of the cells' values alone.
P2: the grid is graded by hand (sinh) around the origin, which only who knows the density can do.
"""
import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from scipy import sparse
from scipy.interpolate import RegularGridInterpolator
from scipy.sparse.linalg import splu

from report import Clock, problems, report
from stepping import GAMMA, sdirk4

# The matrix is structurally symmetric and an M-matrix: no pivoting needed.
LU_OPTIONS = dict(permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0,
                  options=dict(SymmetricMode=True))


def bernoulli(z):
    """z / (exp(z) - 1)."""
    small = np.abs(z) < 1e-8
    return np.where(small, 1 - z / 2, z / np.expm1(np.where(small, 1.0, np.clip(z, -700, 700))))


class Grid:
    """The same edges along both axes."""

    def __init__(self, box, n, grade):
        s = np.linspace(-1, 1, n + 1)
        s = np.sinh(grade * s) / np.sinh(grade) if grade else s
        edges = 0.5 * (box[0] + box[1]) + 0.5 * (box[1] - box[0]) * s
        self.centres, self.widths = 0.5 * (edges[1:] + edges[:-1]), np.diff(edges)
        self.x, self.y = np.meshgrid(self.centres, self.centres, indexing="ij")
        self.volumes = np.outer(self.widths, self.widths)

    def outflow(self, potential, diffusion):
        """K of V rho' = -K rho, from -grad rho - rho grad phi of (D rho) with phi = `potential`."""
        n = len(self.centres)
        cells = np.arange(n * n).reshape(n, n)
        rows, columns, entries = [], [], []
        for axis in (0, 1):
            left = tuple(slice(0, -1) if i == axis else slice(None) for i in (0, 1))
            right = tuple(slice(1, None) if i == axis else slice(None) for i in (0, 1))
            distances = np.diff(self.centres)
            faces = np.divide.outer(1 / distances, 1 / self.widths)
            faces = faces if axis == 0 else faces.T
            step = potential[right] - potential[left]
            rates = ((left, right, faces * bernoulli(step) * diffusion[left]),
                     (right, left, faces * bernoulli(-step) * diffusion[right]))
            for origin, target, rate in rates:
                i, j, r = cells[origin].ravel(), cells[target].ravel(), rate.ravel()
                rows += [i, j]
                columns += [i, i]
                entries += [r, -r]
        triplets = np.concatenate(entries), (np.concatenate(rows), np.concatenate(columns))
        return sparse.csc_matrix(triplets, shape=(n * n, n * n))

    def gaussian(self, mean, deviation):
        squares = (self.x - mean[0]) ** 2 + (self.y - mean[1]) ** 2
        rho = np.exp(-squares / (2 * deviation**2)).ravel()
        return rho / (rho @ self.volumes.ravel())


class Stepper:
    """Factors once per step size."""

    def __init__(self, outflow, volumes):
        self.outflow, self.volumes, self.factors = outflow, sparse.diags(volumes.ravel()), {}

    def advance(self, rho, duration, steps):
        dt = duration / steps
        if dt not in self.factors:
            matrix = (self.volumes + GAMMA * dt * self.outflow).tocsc()
            self.factors[dt] = splu(matrix, **LU_OPTIONS)
        return sdirk4(rho, dt, steps, self.outflow.dot, self.factors[dt].solve)


def double_well(n, steps):
    clock = Clock()
    problem = problems.P1
    grid = Grid(problem["box"], n, grade=0)
    loss = (grid.x**2 - 1) ** 2 + grid.y**2 / 2 + 0.2 * grid.x
    outflow = grid.outflow(loss / problem["a"], np.full_like(loss, problem["a"]))
    rho = Stepper(outflow, grid.volumes).advance(
        grid.gaussian(problem["mean"], problem["deviation"]), problem["end"], steps)
    clock.stop()
    errors = l1_errors(grid, rho.reshape(n, n))
    report(clock, n * n, errors[0], error_in_cells=errors[1], minimum=rho.min() / rho.max())


def l1_errors(grid, rho):
    exact = problems.ProductDensity(os.path.join(problems.references(), "P1.json"))
    in_cells = np.sum(grid.volumes * np.abs(rho - exact(grid.x, grid.y)))
    edges = np.linspace(*problems.P1["box"], 998)
    fine = 0.5 * (edges[1:] + edges[:-1])
    points = np.meshgrid(fine, fine, indexing="ij")
    interpolant = RegularGridInterpolator((grid.centres,) * 2, rho, bounds_error=False,
                                          fill_value=None)
    difference = interpolant(np.stack(points, axis=-1)) - exact(*points)
    return np.sum(np.abs(difference)) * (edges[1] - edges[0]) ** 2, in_cells


def student(n, steps):
    clock = Clock()
    problem = problems.P2
    grid = Grid(problem["box"], n, grade=5)
    loss = 1 + grid.x**2 + grid.y**2
    outflow = grid.outflow(np.log(loss) / problem["a"], problem["a"] * loss)
    stepper = Stepper(outflow, grid.volumes)
    rho, now, moments = grid.gaussian(problem["mean"], problem["deviation"]), 0.0, {}
    for t in problem["times"]:
        rho = stepper.advance(rho, t - now, round(steps * (t - now) / problem["times"][-1]))
        mass, now = rho * grid.volumes.ravel(), t
        moments[t] = [mass @ g.ravel() for g in (grid.x, grid.y, grid.x**2 + grid.y**2)]
    clock.stop()
    report(clock, n * n, problems.moment_error(moments),
           minimum=rho.min() / rho.max())


if __name__ == "__main__":
    {"P1": double_well, "P2": student}[sys.argv[1]](int(sys.argv[2]), int(sys.argv[3]))
