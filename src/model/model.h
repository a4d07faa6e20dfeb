// All coefficients of the equation at a batch of points.
#pragma once

#include "model/equilibrium/equilibrium.h"
#include "model/landscape/landscape.h"
#include "model/noise/noise.h"
#include "model/noise/schedule.h"

namespace lowland
{
/// What the model says at a batch of points; [q] runs over the points.
struct ModelValues
{
  LandscapeValues landscape;
  DiffusionValues diffusion;           ///< D and div D
  std::vector<double> log_relative_pi; ///< log(pi/max(pi)); empty without a closed form
  std::vector<double> weight;          ///< w
  Components drift;                    ///< [i][q]: g = b - D grad(-log w), b = grad f + div D
  Components log_weight_gradient;      ///< [i][q]: grad log w
};

/// log |S^(K-1)|, the area of the unit sphere of K parameters.
double log_sphere_area(unsigned int k);

/// Landscape, noise, equilibrium and reference weight: everything but the mesh.
///
/// With a learning rate schedule D(t) = s(t) D, s = eta(t)/(largest eta), is affine in s while w stays
/// what it is, and so are g and the whole form: a(t) = a + (1-s(t)) r, with r the form of the
/// coefficients of noise_removal().
///
/// The parts are added in the order in which they become known: the equilibrium when the domain's
/// smallest loss is, the weight when the start is.
class Model
{
public:
  explicit Model(const Parameters &parameters);

  unsigned int dimension() const { return landscape.dimension(); }
  /// K: the last coordinate is the radius of K parameters, 1 for none.
  unsigned int radial_dimension() const { return radial_dimension_; }
  /// |S^(K-1)| r^(K-1), the measure of the reduced coordinates, at each point.
  void measure(const Points &points, std::vector<double> &values) const;

  /// Coefficients of the form at the reference learning rate. With `order` hessian, also the
  /// Hessian of f.
  void evaluate(const Points &points, ModelValues &values,
                Derivatives order = Derivatives::gradient) const;
  /// From the reference learning rate to s times it: D -> s D, and g with it,
  /// g -> g - (1-s)(div D + D grad log w). Only D, div D and g of `values` change.
  void scale_noise(double s, ModelValues &values) const;
  /// Only what the above adds to D, div D and g when s falls from 1 to 0.
  void noise_removal(ModelValues &values) const;

  Landscape landscape;
  LearningRate learning_rate;
  double relative_learning_rate = 1; ///< s at the time at which the density is looked at
  std::unique_ptr<Noise> noise;
  std::optional<Equilibrium> equilibrium; ///< empty: none in closed form, or not normalisable
  ReferenceWeight weight;

private:
  unsigned int radial_dimension_;
};
} // namespace lowland
