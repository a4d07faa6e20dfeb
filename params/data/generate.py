#!/usr/bin/env python3
"""Writes the data of this folder; the same bytes each time (seeds below).

neuron.csv   40 samples, u ~ N(0,1), target = 1.2 tanh(1.5 u) + 0.3 N(0,1)
product.csv  50 samples, u ~ N(0,1), target = u + 0.5 N(0,1)
network.vti  a plane through the four parameters of a network with two hidden neurons,
             h(u) = a tanh(b u) + c tanh(d u), that was trained on 60 samples, u ~ N(0,1),
             target = tanh(3 u) - 0.8 tanh(0.6 u) + 0.1 N(0,1): at each point the loss and, as D, half the
             covariance C1 of the samples' gradients along the plane, eta C1/(2B) for eta = B = 1. The plane
             holds the trained network and the one with its neurons swapped, x = -2.516 and 2.516 at y = 0,
             and the gradient half-way between them.
"""
import math
import pathlib
import random

FOLDER = pathlib.Path(__file__).parent


def write(name, seed, n, target):
    generator = random.Random(seed)
    with open(FOLDER / name, "w") as file:
        file.write("u,target\n")
        for _ in range(n):
            u = round(generator.gauss(0, 1), 4)
            file.write(f"{u},{round(target(u, generator.gauss(0, 1)), 4)}\n")


def trained(samples):
    """Gradient descent to a minimum (a, b, c, d)."""
    theta = [1, 2, -0.5, 0.5]
    for _ in range(20000):
        gradients = [sample_gradient(theta, *sample) for sample in samples]
        theta = [t - 0.5 * sum(g) / len(samples) for t, g in zip(theta, zip(*gradients))]
    return theta


def residual(theta, u, target):
    a, b, c, d = theta
    return a * math.tanh(b * u) + c * math.tanh(d * u) - target


def sample_gradient(theta, u, target):
    a, b, c, d = theta
    p, q, r = math.tanh(b * u), math.tanh(d * u), residual(theta, u, target)
    return [r * p, r * a * (1 - p * p) * u, r * q, r * c * (1 - q * q) * u]


def normalised(vector):
    return [v / math.hypot(*vector) for v in vector]


def write_network_slice(name, n_x, n_y, half_width, half_height):
    generator = random.Random(3)
    inputs = [round(generator.gauss(0, 1), 4) for _ in range(60)]
    samples = [(u, math.tanh(3 * u) - 0.8 * math.tanh(0.6 * u) + 0.1 * generator.gauss(0, 1)) for u in inputs]
    n = len(samples)
    one = trained(samples)
    other = one[2:] + one[:2]
    centre = [(s + t) / 2 for s, t in zip(one, other)]
    along = normalised([t - s for s, t in zip(one, other)])
    across = normalised([sum(g) for g in zip(*(sample_gradient(centre, *s) for s in samples))])
    loss, diffusion = [], []
    for j in range(n_y):
        for i in range(n_x):
            x, y = half_width * (2 * i / (n_x - 1) - 1), half_height * (2 * j / (n_y - 1) - 1)
            theta = [c + x * s + y * t for c, s, t in zip(centre, along, across)]
            loss.append(sum(residual(theta, *s) ** 2 for s in samples) / (2 * n))
            projected = [
                [sum(g * e for g, e in zip(sample_gradient(theta, *s), axis)) for axis in (along, across)]
                for s in samples
            ]
            mean = [sum(p) / n for p in zip(*projected)]
            diffusion += [
                sum((p[k] - mean[k]) * (p[m] - mean[m]) for p in projected) / (2 * n)
                for k, m in ((0, 0), (0, 1), (1, 1))
            ]
    extent = f"0 {n_x - 1} 0 {n_y - 1} 0 0"
    with open(FOLDER / name, "w") as file:
        file.write(
            '<?xml version="1.0"?>\n<VTKFile type="ImageData" version="0.1">\n'
            f'<ImageData WholeExtent="{extent}" Origin="{-half_width} {-half_height} 0" '
            f'Spacing="{2 * half_width / (n_x - 1)} {2 * half_height / (n_y - 1)} 1">\n'
            f'<Piece Extent="{extent}">\n<PointData>\n'
        )
        for array, components, values in (("loss", 1, loss), ("D", 3, diffusion)):
            file.write(f'<DataArray type="Float64" Name="{array}" NumberOfComponents="{components}" format="ascii">\n')
            for k in range(0, len(values), n_x * components):
                file.write(" ".join(f"{v:.7g}" for v in values[k : k + n_x * components]) + "\n")
            file.write("</DataArray>\n")
        file.write("</PointData>\n</Piece>\n</ImageData>\n</VTKFile>\n")


write("neuron.csv", 1, 40, lambda u, noise: 1.2 * math.tanh(1.5 * u) + 0.3 * noise)
write("product.csv", 2, 50, lambda u, noise: u + 0.5 * noise)
write_network_slice("network.vti", 41, 33, 4, 1.6)
