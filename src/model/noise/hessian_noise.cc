// Noise aligned with the curvature of the loss.
#include "model/noise/noise_families.h"
#include "model/noise/positive_part.h"

namespace lowland
{
namespace
{
/// D = c H, H the positive part of the Hessian.
class HessianNoise : public Noise
{
public:
  explicit HessianNoise(double strength) : strength_(strength) {}
  Derivatives needs() const override { return Derivatives::third; }

  void evaluate(const Points &points, const LandscapeValues &landscape,
                DiffusionValues &values) const override
  {
    positive_part(points, landscape, values);
    scale(strength_, values);
  }

private:
  double strength_;
};

/// D = 2 c f H, so div D = 2 c (H grad f + f div H).
class LossScaledHessianNoise : public Noise
{
public:
  explicit LossScaledHessianNoise(double strength) : strength_(strength) {}
  Derivatives needs() const override { return Derivatives::third; }
  bool needs_nonnegative_loss() const override { return true; }

  void evaluate(const Points &points, const LandscapeValues &landscape,
                DiffusionValues &values) const override
  {
    positive_part(points, landscape, values);
    scale_with_loss(2 * strength_, landscape, values);
  }

private:
  double strength_;
};
} // namespace

std::unique_ptr<Noise> hessian_noise(double strength)
{
  return std::make_unique<HessianNoise>(strength);
}

std::unique_ptr<Noise> loss_scaled_hessian_noise(double strength)
{
  return std::make_unique<LossScaledHessianNoise>(strength);
}
} // namespace lowland
