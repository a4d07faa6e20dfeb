#!/usr/bin/python3
"""What dolfinx does: quadratic elements on simplices for rho itself, as its tutorials assemble.

    galerkin.py P1 CELLS STEPS            uniform, MUMPS, SDIRK of order 4
    galerkin.py P2 CELLS STEPS            graded by hand (sinh), MUMPS, SDIRK of order 4
    galerkin.py P4 NX NY NZ STEPS         graded by hand, GMRES with ILU, Crank-Nicolson

CELLS per axis. The forms are compiled, and cached on disk, before the clock starts.
"""
import math
import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import ufl
from dolfinx import fem, mesh
from mpi4py import MPI
from petsc4py import PETSc

from report import Clock, problems, report
from stepping import GAMMA, crank_nicolson, sdirk4


def graded_box(box, cells, grade):
    """Simplices; `grade`: coordinates mapped by sinh, finest at the centre."""
    lower, upper = [np.full(len(cells), side) for side in box]
    if len(cells) == 2:
        domain = mesh.create_rectangle(MPI.COMM_SELF, [lower, upper], cells,
                                       mesh.CellType.triangle)
    else:
        domain = mesh.create_box(MPI.COMM_SELF, [lower, upper], cells, mesh.CellType.tetrahedron)
    if grade:
        s = domain.geometry.x[:, : len(cells)]
        half, centre = (box[1] - box[0]) / 2, (box[0] + box[1]) / 2
        s[:] = centre + half * np.sinh(grade * (s - centre) / half) / np.sinh(grade)
    return domain


class Discretization:
    """Mass matrix, operator and start of one problem."""

    def __init__(self, domain, loss, isotropic, problem):
        self.space = fem.FunctionSpace(domain, ("CG", 2))
        x = self.x = ufl.SpatialCoordinate(domain)
        f = loss(x)
        diffusion = problem["a"] * (1 if isotropic else f)
        drift = ufl.grad(f) * (1 if isotropic else 1 + problem["a"])  # grad f + grad D
        rho, v = ufl.TrialFunction(self.space), ufl.TestFunction(self.space)
        dx = self.dx = ufl.Measure("dx", domain, metadata={"quadrature_degree": 8})
        current = diffusion * ufl.grad(rho) + rho * drift
        self.k = self.assemble(ufl.inner(current, ufl.grad(v)) * dx)
        self.m = self.assemble(rho * v * dx)
        squares = sum((x[i] - m) ** 2 for i, m in enumerate(problem["mean"]))
        variance = problem["deviation"] ** 2
        scale = (2 * math.pi * variance) ** (-len(problem["mean"]) / 2)
        self.start_moments = fem.petsc.assemble_vector(
            fem.form(scale * ufl.exp(-squares / (2 * variance)) * v * dx))

    @staticmethod
    def assemble(form):
        matrix = fem.petsc.assemble_matrix(fem.form(form))
        matrix.assemble()
        return matrix

    def project_start(self, direct):
        return solver(self.m, direct)(self.start_moments)

    def stage_solver(self, factor, direct):
        matrix = self.m.copy()
        matrix.axpy(factor, self.k, PETSc.Mat.Structure.SAME_NONZERO_PATTERN)
        return solver(matrix, direct)

    def function(self, vector):
        function = fem.Function(self.space)
        vector.copy(function.vector)
        return function


def solver(matrix, direct):
    """A callable that solves: MUMPS, or GMRES with ILU(0)."""
    ksp = PETSc.KSP().create(MPI.COMM_SELF)
    ksp.setOperators(matrix)
    if direct:
        ksp.setType("preonly")
        ksp.getPC().setType("lu")
        ksp.getPC().setFactorSolverType("mumps")
    else:
        ksp.setType("gmres")
        ksp.getPC().setType("ilu")
        ksp.setTolerances(rtol=1e-6)

    def solve(right_hand_side):
        solution = right_hand_side.duplicate()
        ksp.solve(right_hand_side, solution)
        return solution

    return solve


def integral(integrand, dx):
    return fem.assemble_scalar(fem.form(integrand * dx))


def finish(clock, rho, error):
    values = rho.getArray()
    report(clock, values.size, error, minimum=values.min() / values.max())


def double_well_loss(x):
    return (x[0] ** 2 - 1) ** 2 + x[1] ** 2 / 2 + 0.2 * x[0]


def double_well(timed, n, steps):
    problem = problems.P1
    clock = Clock()
    setup = Discretization(graded_box(problem["box"], (n, n), 0), double_well_loss, True, problem)
    rho = setup.project_start(direct=True)
    dt = problem["end"] / steps
    rho = sdirk4(rho, dt, steps, setup.k.__mul__, setup.stage_solver(GAMMA * dt, direct=True))
    clock.stop()
    if timed:
        exact = problems.ProductDensity(os.path.join(problems.references(), "P1.json"))
        reference = fem.Function(fem.FunctionSpace(setup.space.mesh, ("CG", 4)))
        reference.interpolate(lambda x: exact(x[0], x[1]))
        finish(clock, rho, integral(abs(setup.function(rho) - reference), setup.dx))


def student(timed, n, steps):
    problem = problems.P2
    clock = Clock()
    domain = graded_box(problem["box"], (n, n), 5)
    setup = Discretization(domain, lambda x: 1 + x[0] ** 2 + x[1] ** 2, False, problem)
    rho, now, moments, solvers = setup.project_start(direct=True), 0.0, {}, {}
    for t in problem["times"]:
        n_steps = round(steps * (t - now) / problem["times"][-1])
        dt = problem["times"][-1] / steps
        solvers[dt] = solvers.get(dt) or setup.stage_solver(GAMMA * dt, direct=True)
        rho, now = sdirk4(rho, dt, n_steps, setup.k.__mul__, solvers[dt]), t
        function, x = setup.function(rho), setup.x
        moments[t] = [integral(function * g, setup.dx) for g in (x[0], x[1], x[0] ** 2 + x[1] ** 2)]
    clock.stop()
    if timed:
        finish(clock, rho, problems.moment_error(moments))


def ornstein_uhlenbeck(timed, nx, ny, nz, steps):
    problem = problems.P4
    clock = Clock()
    loss = lambda x: sum(c * x[i] ** 2 for i, c in enumerate(problem["curvatures"])) / 2
    setup = Discretization(graded_box(problem["box"], (nx, ny, nz), 2), loss, True, problem)
    rho = setup.project_start(direct=False)
    dt = problem["end"] / steps
    rho = crank_nicolson(rho, dt, steps, setup.m.__mul__, setup.k.__mul__,
                         setup.stage_solver(dt / 2, direct=False))
    clock.stop()
    if timed:
        finish(clock, rho, integral(abs(setup.function(rho) - gaussian(setup.x)), setup.dx))


def gaussian(x):
    """The exact density of P4 at its end."""
    problem, density = problems.P4, 1.0
    for i, (curvature, start) in enumerate(zip(problem["curvatures"], problem["mean"])):
        mean, deviation = problems.ornstein_uhlenbeck(problem["a"], curvature, start,
                                                      problem["deviation"], problem["end"])
        density *= ufl.exp(-((x[i] - mean) / deviation) ** 2 / 2)
        density /= deviation * math.sqrt(2 * math.pi)
    return density


def main(name, *sizes):
    run = {"P1": double_well, "P2": student, "P4": ornstein_uhlenbeck}[name]
    run(False, *[4] * len(sizes))  # compiles the forms
    run(True, *sizes)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
