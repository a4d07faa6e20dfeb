#!/usr/bin/env python3
"""Writes the two data sets of this folder; the same bytes each time (seeds below).

neuron.csv   40 samples, u ~ N(0,1), target = 1.2 tanh(1.5 u) + 0.3 N(0,1)
product.csv  50 samples, u ~ N(0,1), target = u + 0.5 N(0,1)
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


write("neuron.csv", 1, 40, lambda u, noise: 1.2 * math.tanh(1.5 * u) + 0.3 * noise)
write("product.csv", 2, 50, lambda u, noise: u + 0.5 * noise)
