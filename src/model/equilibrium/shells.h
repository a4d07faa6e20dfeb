// Integrals over shells, and what their masses say about the sum of all.
//
// The masses m_0, m_1, ... of shells that shrink by halves (or grow by doubles) are compared. With
// s_j = log(m_j / m_{j+1}): a power leaves s_j constant, and its sign decides; a logarithm makes it
// fall like b/(j+c), and the masses' sum converges for b > 1 (Raabe's test). 1/s_j is then linear
// in j with slope 1/b, which gives b without knowing c.
#pragma once

#include "model/points.h"

#include <vector>

namespace lowland
{
/// A direction and its share of the unit sphere's surface.
struct Ray
{
  Coordinates direction{};
  double weight = 0;
};

/// Quadrature over the unit sphere of R^dimension, n points around an equator; {0} with weight 1
/// for dimension 0.
std::vector<Ray> sphere(unsigned int dimension, unsigned int n);

/// origin + r times the ray's direction in this basis.
Coordinates combined(const Coordinates &origin, double r, const Ray &ray,
                     const std::vector<Coordinates> &basis);

/// log of sum_q exp(values_q), without overflow; values that are not numbers count as zero mass.
double log_sum_exp(const std::vector<double> &values);

/// The loss, where potentials like log f are to stay finite.
double at_least_positive(double loss);

/// What a sequence of shells' log masses says about the sum of the masses.
struct Verdict
{
  bool converges;
  double log_ratio; ///< s of the last pair
};

/// Needs at least three shells.
Verdict raabe(const std::vector<double> &log_masses);
} // namespace lowland
