#!/usr/bin/python3
"""Writes the known densities of P1, P4 and P5: reference.py DIRECTORY.

P4 is a Gaussian. P1 and P5 are a Gaussian in y times a density in x, for which this solves

    d rho/dt = (rho V')' + a rho'',   V = (x^2 - 1)^2 + 0.2 x,   no flux at -2.5 and 2.5,

with Legendre polynomials in space (Galerkin: no flux is the natural condition) and the matrix
exponential in time, once with fewer polynomials to know the error.
"""
import json
import os
import sys

import numpy as np
from numpy.polynomial import chebyshev, legendre
from scipy.linalg import expm

from problems import P1, P4, P5, ornstein_uhlenbeck

HALF_WIDTH = 2.5


def slope(x):
    return 4 * x * (x * x - 1) + 0.2


def legendre_basis(n, s):
    """Orthonormal Legendre polynomials of degree < n on [-1, 1] and their derivatives, at s."""
    norms = np.sqrt(np.arange(n) + 0.5)
    derivatives = [legendre.legval(s, legendre.legder(np.eye(n)[k])) for k in range(n)]
    return legendre.legvander(s, n - 1) * norms, np.stack(derivatives, axis=1) * norms


def double_well_in_x(problem, n):
    """Chebyshev coefficients of the density in x at the end."""
    s, weights = legendre.leggauss(2 * n + 20)
    x, values_and_slopes = HALF_WIDTH * s, legendre_basis(n, s)
    values, slopes = values_and_slopes[0], values_and_slopes[1] / HALF_WIDTH
    flux = problem["a"] * slopes + slope(x)[:, None] * values
    generator = -slopes.T @ (weights[:, None] * flux)
    start = np.exp(-((x - problem["mean"][0]) / problem["deviation"]) ** 2 / 2)
    start /= HALF_WIDTH * weights @ start
    coefficients = expm(problem["end"] * generator) @ (values.T @ (weights * start))
    nodes = np.cos(np.pi * (np.arange(n) + 0.5) / n)
    return chebyshev.chebfit(nodes, legendre_basis(n, nodes)[0] @ coefficients, n - 1)


def l1_difference(one, other):
    s = np.linspace(-1, 1, 20001)
    return 2 * HALF_WIDTH * np.mean(np.abs(chebyshev.chebval(s, one) - chebyshev.chebval(s, other)))


def gaussian(problem, curvature, mean, time):
    mean, deviation = ornstein_uhlenbeck(problem["a"], curvature, mean, problem["deviation"], time)
    return {"mean": mean, "deviation": deviation}


def double_well(problem, n):
    coefficients = double_well_in_x(problem, n)
    error = l1_difference(coefficients, double_well_in_x(problem, 4 * n // 5))
    x = {"lower": -HALF_WIDTH, "upper": HALF_WIDTH, "coefficients": list(coefficients)}
    y = gaussian(problem, 1.0, problem["mean"][1], problem["end"])
    return {"time": problem["end"], "axes": [x, y], "error": error}


def main(directory):
    axes = [gaussian(P4, c, m, P4["end"]) for c, m in zip(P4["curvatures"], P4["mean"])]
    densities = {"P1": double_well(P1, 180), "P4": {"time": P4["end"], "axes": axes, "error": 0.0},
                 "P5-cold": double_well(P5, 320)}
    os.makedirs(directory, exist_ok=True)
    for name, density in densities.items():
        with open(os.path.join(directory, name + ".json"), "w", encoding="utf-8") as stream:
            json.dump(density, stream)
        print(f"{name}: L1 error of the reference {density['error']:.1e}")


if __name__ == "__main__":
    main(sys.argv[1])
