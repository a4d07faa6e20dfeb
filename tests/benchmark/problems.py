"""The benchmark problems and what is known of them; shared by reference.py, the peers and the table.

d rho/dt = div(rho grad f) + Laplace(D rho), no flux through the sides of the box, with D = a
(isotropic noise) or D = a f (loss-scaled noise), a = eta sigma. All lengths and times as in *.prm.
"""
import json
import math
import os

import numpy as np

P1 = dict(a=0.1, box=(-2.5, 2.5), mean=(1.0, 0.0), deviation=0.15, end=1.0)
P2 = dict(a=0.25, box=(-30.0, 30.0), mean=(2.0, 1.0), deviation=0.3, times=(0.5, 1.0, 2.0))
P3 = dict(a=0.5, box=(0.1, 4.0), floor=0.05)
P4 = dict(a=0.1, box=(-2.0, 2.0), mean=(0.8, 0.6, 0.4), deviation=0.2, curvatures=(1.0, 4.0, 16.0),
          end=0.5)
P5 = dict(P1, a=0.02, deviation=0.5)


def ornstein_uhlenbeck(a, curvature, mean, deviation, time):
    """Mean and standard deviation at `time` of d rho/dt = (curvature x rho)' + a rho''."""
    final = a / curvature
    variance = final + (deviation**2 - final) * math.exp(-2 * curvature * time)
    return mean * math.exp(-curvature * time), math.sqrt(variance)


def student_moments(time, problem=P2):
    """E[x], E[y] and E[x^2 + y^2] of P2 at `time` on the whole plane (Ito's formula)."""
    a, n = problem["a"], len(problem["mean"])
    rate = 4 - 2 * n * a
    final = 2 * n * a / rate
    start = sum(m * m for m in problem["mean"]) + n * problem["deviation"] ** 2
    mean = [m * math.exp(-2 * time) for m in problem["mean"]]
    return mean, final + (start - final) * math.exp(-rate * time)


def moment_error(measured):
    """Largest relative error of E[theta] and E|theta|^2; `measured`: {time: (x, y, square)}."""
    worst = 0.0
    for time, (x, y, square) in measured.items():
        mean, expected = student_moments(float(time))
        worst = max(worst, math.hypot(x - mean[0], y - mean[1]) / math.hypot(*mean),
                    abs(square - expected) / expected)
    return worst


class ProductDensity:
    """A density that reference.py wrote: the product of one density per axis."""

    def __init__(self, file):
        with open(file, encoding="utf-8") as stream:
            self.axes = json.load(stream)["axes"]

    def axis(self, i, x):
        axis = self.axes[i]
        if "coefficients" in axis:
            lower, upper = axis["lower"], axis["upper"]
            s = (2 * np.asarray(x) - lower - upper) / (upper - lower)
            return np.polynomial.chebyshev.chebval(s, axis["coefficients"])
        s = (np.asarray(x) - axis["mean"]) / axis["deviation"]
        return np.exp(-s * s / 2) / (axis["deviation"] * math.sqrt(2 * math.pi))

    def __call__(self, *x):
        return math.prod(self.axis(i, xi) for i, xi in enumerate(x))


def references():
    """The folder of the reference densities, given by tests/benchmark/run."""
    return os.environ.get("LOWLAND_REFERENCES", "build/benchmark/references")
