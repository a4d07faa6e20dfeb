#include "model/noise.h"

#include <cmath>
#include <limits>
#include <sstream>

namespace lowland
{
namespace
{
/// V = f / (eta sigma).
class GibbsPotential : public LossPotential
{
public:
  explicit GibbsPotential(double temperature) : temperature_(temperature) {}
  double value(double loss) const override { return loss / temperature_; }
  double derivative(double) const override { return 1 / temperature_; }
  std::string description() const override { return "exp(-f/(eta sigma))"; }

private:
  double temperature_;
};

/// V = (1 + 1/(eta sigma)) log f.
class PowerLawPotential : public LossPotential
{
public:
  explicit PowerLawPotential(double strength) : exponent_(1 + 1 / strength) {}
  double value(double loss) const override
  {
    return loss > 0 ? exponent_ * std::log(loss) : -std::numeric_limits<double>::infinity();
  }
  double derivative(double loss) const override { return exponent_ / loss; }
  std::string description() const override { return "f^(-1-1/(eta sigma))"; }

private:
  double exponent_;
};

/// Sizes the arrays of `values` and sets the off-diagonal entries of D to zero.
void prepare(unsigned int dimension, std::size_t n, DiffusionValues &values)
{
  values.tensor.assign(n_packed(dimension), std::vector<double>(n, 0.0));
  values.divergence.assign(dimension, std::vector<double>(n, 0.0));
}

std::string describe(const char *name, double learning_rate, double intensity)
{
  std::ostringstream out;
  out << name << ", eta = " << learning_rate << ", sigma = " << intensity;
  return out.str();
}

/// D = eta sigma I.
class IsotropicNoise : public Noise
{
public:
  IsotropicNoise(double learning_rate, double intensity) : eta_(learning_rate), sigma_(intensity) {}
  Derivatives needs() const override { return Derivatives::none; }

  void evaluate(const Points &points, const LandscapeValues &, DiffusionValues &values) const override
  {
    prepare(points.dimension(), points.size(), values);
    for (unsigned int i = 0; i < points.dimension(); ++i)
      values.tensor[packed(i, i)].assign(points.size(), eta_ * sigma_);
  }

  std::shared_ptr<const LossPotential> equilibrium() const override
  {
    return std::make_shared<GibbsPotential>(eta_ * sigma_);
  }
  std::string description() const override { return describe("isotropic", eta_, sigma_); }

private:
  double eta_, sigma_;
};

/// D = eta sigma f I.
class LossScaledNoise : public Noise
{
public:
  LossScaledNoise(double learning_rate, double intensity) : eta_(learning_rate), sigma_(intensity) {}
  Derivatives needs() const override { return Derivatives::gradient; }

  void evaluate(const Points &points, const LandscapeValues &landscape,
                DiffusionValues &values) const override
  {
    prepare(points.dimension(), points.size(), values);
    const double strength = eta_ * sigma_;
    for (unsigned int i = 0; i < points.dimension(); ++i)
      for (std::size_t q = 0; q < points.size(); ++q)
      {
        values.tensor[packed(i, i)][q] = strength * landscape.loss[q];
        values.divergence[i][q] = strength * landscape.gradient[i][q];
      }
  }

  std::shared_ptr<const LossPotential> equilibrium() const override
  {
    return std::make_shared<PowerLawPotential>(eta_ * sigma_);
  }
  bool needs_nonnegative_loss() const override { return true; }
  std::string description() const override { return describe("loss-scaled", eta_, sigma_); }

private:
  double eta_, sigma_;
};
} // namespace

std::unique_ptr<Noise> Noise::create(const Parameters &parameters)
{
  const double eta = parameters.number("Noise", "Learning rate");
  const double sigma = parameters.number("Noise", "Intensity");
  const std::string kind = parameters.text("Noise", "Kind");
  if (kind == "isotropic")
    return std::make_unique<IsotropicNoise>(eta, sigma);
  if (kind == "loss-scaled")
    return std::make_unique<LossScaledNoise>(eta, sigma);
  throw parameters.error("Noise", "Kind", "there is no such noise");
}

const std::vector<NoiseKind> &noise_kinds()
{
  static const std::vector<NoiseKind> kinds = {
      {"isotropic", "eta sigma I", "exp(-f/(eta sigma))",
       "Langevin dynamics: the same noise everywhere."},
      {"loss-scaled", "eta sigma f I", "f^(-1-1/(eta sigma))",
       "Noise that dies out at a perfect fit, as in over-parameterised least squares."}};
  return kinds;
}
} // namespace lowland
