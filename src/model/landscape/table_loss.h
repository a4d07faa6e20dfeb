// A loss, and perhaps its noise, known at the points of a grid: a slice of the loss of a real network.
#pragma once

#include "input/image.h"
#include "model/landscape/loss_function.h"
#include "model/landscape/spline.h"
#include "model/noise/noise.h"

#include <optional>

namespace lowland
{
/// f, and D where the file has the array `D`, interpolated by splines of degree 5.
class TableLoss : public LossFunction
{
public:
  /// From the array `loss` of an image whose grid has `dimension` axes. D has one component for each
  /// entry of the upper triangle (xx, xy, xz, yy, yz, zz), or all d*d. Throws FormulaError.
  TableLoss(unsigned int dimension, const Image &image, const std::string &loss, double floor = 0);
  /// From the section `Landscape`. Throws InputError.
  static std::shared_ptr<const TableLoss> create(const Parameters &parameters);

  void evaluate(const Points &points, Derivatives order, LandscapeValues &values) const override;
  const Box *extent() const override { return &extent_; }

  bool has_diffusion() const { return !diffusion_.empty(); }
  /// D and its divergence, from the same splines.
  void diffusion(const Points &points, DiffusionValues &values) const;

private:
  Box extent_;
  double floor_;
  std::optional<Spline> loss_;
  std::vector<Spline> diffusion_; ///< by packed entry
};
} // namespace lowland
