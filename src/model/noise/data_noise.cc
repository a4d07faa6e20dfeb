// Noise of gradients that are estimated from samples of a data set, and D from a table.
#include "model/noise/noise_families.h"

namespace lowland
{
namespace
{
/// A moment of the samples' gradients: G, or their covariance C1.
enum class Moment
{
  fisher,
  covariance
};

/// D = c G, or c C1.
class MomentNoise : public Noise
{
public:
  MomentNoise(std::shared_ptr<const Regression> regression, Moment moment, double factor)
      : regression_(std::move(regression)), moment_(moment), factor_(factor)
  {
  }
  Derivatives needs() const override { return Derivatives::none; }

  void evaluate(const Points &points, const LandscapeValues &,
                DiffusionValues &values) const override
  {
    const bool centred = moment_ == Moment::covariance;
    GradientMoments moments;
    regression_->gradient_moments(points, centred, moments);
    values = std::move(centred ? moments.covariance : moments.fisher);
    scale(factor_, values);
  }

private:
  std::shared_ptr<const Regression> regression_;
  Moment moment_;
  double factor_;
};

/// D = 2 c f G, so div D = 2 c (G grad f + f div G).
class FisherNoise : public Noise
{
public:
  FisherNoise(std::shared_ptr<const Regression> regression, double strength)
      : regression_(std::move(regression)), strength_(strength)
  {
  }
  Derivatives needs() const override { return Derivatives::gradient; }

  void evaluate(const Points &points, const LandscapeValues &landscape,
                DiffusionValues &values) const override
  {
    GradientMoments moments;
    regression_->gradient_moments(points, false, moments);
    values = std::move(moments.fisher);
    scale_with_loss(2 * strength_, landscape, values);
  }

private:
  std::shared_ptr<const Regression> regression_;
  double strength_;
};

/// D = c times the table's.
class TableNoise : public Noise
{
public:
  TableNoise(std::shared_ptr<const TableLoss> table, double factor)
      : table_(std::move(table)), factor_(factor)
  {
  }
  Derivatives needs() const override { return Derivatives::none; }
  bool is_semidefinite() const override { return false; }

  void evaluate(const Points &points, const LandscapeValues &,
                DiffusionValues &values) const override
  {
    table_->diffusion(points, values);
    scale(factor_, values);
  }

private:
  std::shared_ptr<const TableLoss> table_;
  double factor_;
};
} // namespace

std::unique_ptr<Noise> table_noise(std::shared_ptr<const TableLoss> table, double factor)
{
  return std::make_unique<TableNoise>(std::move(table), factor);
}

std::unique_ptr<Noise> label_noise(std::shared_ptr<const Regression> regression, double strength)
{
  return std::make_unique<MomentNoise>(std::move(regression), Moment::fisher, strength);
}

std::unique_ptr<Noise> fisher_noise(std::shared_ptr<const Regression> regression, double strength)
{
  return std::make_unique<FisherNoise>(std::move(regression), strength);
}

std::unique_ptr<Noise> minibatch_noise(std::shared_ptr<const Regression> regression, double eta,
                                       unsigned int batch_size, bool with_replacement)
{
  const double n = regression->n_samples(), b = batch_size;
  const double finite = with_replacement ? 1 : (n - b) / (n - 1);
  return std::make_unique<MomentNoise>(std::move(regression), Moment::covariance,
                                       eta / (2 * b) * finite);
}
} // namespace lowland
