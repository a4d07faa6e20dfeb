// Least squares on data: the loss of a model h(theta; inputs) with up to three parameters.
#pragma once

#include "input/csv.h"
#include "model/landscape/loss_function.h"
#include "model/noise/noise.h"

namespace lowland
{
/// Second moments of the gradients of a regression, and their divergences, at a batch of points.
///
/// With the residuals e_k = h(theta; inputs_k) - target_k the gradient of the sample k is e_k grad h_k.
struct GradientMoments
{
  DiffusionValues fisher;     ///< G = (1/n) sum_k grad h_k grad h_k^T, the empirical Fisher matrix
  DiffusionValues covariance; ///< C1 = (1/n) sum_k e_k^2 grad h_k grad h_k^T - grad f0 grad f0^T
};

/// f = f0 + floor, f0(theta) = (1/2n) sum_k (h(theta; inputs_k) - target_k)^2. All derivatives come
/// from symbolic derivatives of h, evaluated for blocks of points and samples.
class Regression : public LossFunction
{
public:
  /// `model` is a formula of the coordinates, the constants and the columns of `data` but the target.
  /// Throws FormulaError.
  Regression(unsigned int dimension, const std::string &model, const Constants &constants,
             NumberTable data, const std::string &target, double floor = 0);
  /// From the section `Landscape`. Throws InputError.
  static std::shared_ptr<const Regression> create(const Parameters &parameters,
                                                  const Constants &constants);
  ~Regression() override;

  std::size_t n_samples() const;
  void evaluate(const Points &points, Derivatives order, LandscapeValues &values) const override;
  /// G and its divergence; with `covariance` also C1 and its.
  void gradient_moments(const Points &points, bool covariance, GradientMoments &moments) const;

private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};
} // namespace lowland
