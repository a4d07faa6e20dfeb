// Noise that is alike in all directions: D = c I, or c f I.
#include "model/noise/noise_families.h"

#include <cmath>
#include <limits>

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

class IsotropicNoise : public Noise
{
public:
  explicit IsotropicNoise(double strength) : strength_(strength) {}
  Derivatives needs() const override { return Derivatives::none; }

  void evaluate(const Points &points, const LandscapeValues &,
                DiffusionValues &values) const override
  {
    clear(points.dimension(), points.size(), values);
    for (unsigned int i = 0; i < points.dimension(); ++i)
      values.tensor[packed(i, i)].assign(points.size(), strength_);
  }

  std::shared_ptr<const LossPotential> equilibrium() const override
  {
    return std::make_shared<GibbsPotential>(strength_);
  }

private:
  double strength_;
};

class LossScaledNoise : public Noise
{
public:
  explicit LossScaledNoise(double strength) : strength_(strength) {}
  Derivatives needs() const override { return Derivatives::gradient; }

  void evaluate(const Points &points, const LandscapeValues &landscape,
                DiffusionValues &values) const override
  {
    clear(points.dimension(), points.size(), values);
    for (unsigned int i = 0; i < points.dimension(); ++i)
      for (std::size_t q = 0; q < points.size(); ++q)
      {
        values.tensor[packed(i, i)][q] = strength_ * landscape.loss[q];
        values.divergence[i][q] = strength_ * landscape.gradient[i][q];
      }
  }

  std::shared_ptr<const LossPotential> equilibrium() const override
  {
    return std::make_shared<PowerLawPotential>(strength_);
  }
  bool needs_nonnegative_loss() const override { return true; }

private:
  double strength_;
};
} // namespace

std::unique_ptr<Noise> isotropic_noise(double strength)
{
  return std::make_unique<IsotropicNoise>(strength);
}

std::unique_ptr<Noise> loss_scaled_noise(double strength)
{
  return std::make_unique<LossScaledNoise>(strength);
}
} // namespace lowland
