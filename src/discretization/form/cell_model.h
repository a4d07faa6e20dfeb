// The model's coefficients at the quadrature points of one cell or face.
#pragma once

#include "discretization/space/density_space.h"
#include "model/model.h"

namespace lowland
{
/// Everything the integrals over one cell need: points, coefficients, shape functions, and the weights
/// of the integral over d mu = |S^(K-1)| r^(K-1) dx (K = 1: dx).
template <int dim>
class CellModel
{
public:
  /// `order`: how many derivatives of f. Gradients of the shape functions only on demand.
  CellModel(const DensitySpace<dim> &space, const Model &model,
            const dealii::Quadrature<dim> &quadrature, Derivatives order = Derivatives::gradient,
            bool shape_gradients = false);
  ~CellModel();

  /// `Cell` is an active cell iterator of the triangulation or of the space.
  template <typename Cell>
  void reinit(const Cell &cell);

  const dealii::FEValues<dim, dim> &fe() const { return *fe_; }
  std::size_t n_points() const { return points.size(); }
  /// phi_i at the points: value of shape function i at point q; the same on every cell.
  const std::vector<double> &shape_values() const { return shape_values_; } ///< [q * n + i]
  /// The values at the points of the polynomial with these local coefficients.
  void evaluate(const std::vector<double> &polynomial, std::vector<double> &values) const;

  Points points;
  ModelValues values;
  std::vector<double> measure;          ///< quadrature weight times d mu
  std::vector<double> weighted_measure; ///< the same times w: m(u,v) = sum_q weighted_measure u v

private:
  const Model &model_;
  Derivatives order_;
  std::unique_ptr<dealii::FEValues<dim, dim>> fe_;
  std::vector<double> shape_values_;
};
} // namespace lowland
