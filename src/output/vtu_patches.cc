#include "output/vtu_patches.h"

#include "discretization/form/cell_model.h"
#include "discretization/mesh/dealii_points.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/quadrature_lib.h>
#include <deal.II/fe/fe.h>
#include <deal.II/fe/fe_dgq.h>
#include <deal.II/fe/mapping.h>
#include <deal.II/grid/reference_cell.h>
#include <deal.II/grid/tria.h>
#include <deal.II/lac/full_matrix.h>
#include <deal.II/lac/petsc_vector.h>
#include <deal.II/matrix_free/fe_point_evaluation.h>

#include <algorithm>
#include <cmath>

namespace lowland
{
using namespace dealii;

namespace
{
/// deal.II 9.4 writes no high-order lines: straight pieces of a cell, for each degree of its polynomial.
constexpr unsigned int pieces_in_1d = 8;
/// Bounds of the file where a field has kinks or jumps, which no halving resolves.
constexpr unsigned int most_halvings = 5;
constexpr double most_points = 4e6;

/// A mesh cell or a part of it, as one cell of the file (in one dimension as a row of them).
template <int dim>
struct Piece
{
  typename Triangulation<dim>::active_cell_iterator cell;
  Point<dim> corner;     ///< the lower one, in the unit cell
  unsigned int halvings; ///< of its edges
  DataOutBase::Patch<dim> patch;
  std::vector<double> sizes, errors; ///< int |F| dmu and int |F - interpolant| dmu of each field
};

/// The values at the points of the quadrature of what the file makes of values at equidistant nodes.
template <int dim>
FullMatrix<double> interpolation(const Quadrature<dim> &nodes, const Quadrature<dim> &quadrature)
{
  FullMatrix<double> matrix(quadrature.size(), nodes.size());
  if (dim == 1)
  {
    for (unsigned int q = 0; q < quadrature.size(); ++q)
      for (unsigned int i = 0; i < nodes.size(); ++i)
        matrix(q, i) = std::max(0.0, 1 - std::abs(quadrature.point(q)[0] - nodes.point(i)[0]) *
                                             (nodes.size() - 1));
    return matrix;
  }
  const FE_DGQArbitraryNodes<dim> polynomials(nodes.get_tensor_basis()[0]);
  for (unsigned int q = 0; q < quadrature.size(); ++q)
    for (unsigned int i = 0; i < nodes.size(); ++i)
      matrix(q, i) = polynomials.shape_value(i, quadrature.point(q));
  return matrix;
}

/// Evaluates the fields on pieces.
template <int dim>
class PieceMaker
{
public:
  PieceMaker(const DensitySpace<dim> &space, const Model &model,
             const std::vector<const PETScVector *> &functions, const VtuFields<dim> &fields)
      : model_(model), fields_(fields), names_(fields.fields()),
        n_subdivisions_((dim == 1 ? pieces_in_1d : 1) * space.degree()),
        nodes_(QIterated<1>(QTrapezoid<1>(), n_subdivisions_)),
        quadrature_(dim == 1 ? QIterated<1>(QGauss<1>(2), n_subdivisions_)
                             : Quadrature<1>(QGauss<1>(space.degree() + 2))),
        interpolation_(interpolation(nodes_, quadrature_)),
        evaluation_(space.mesh().mapping(), space.finite_element(),
                    update_values | update_gradients | update_jacobians | update_quadrature_points)
  {
    for (const PETScVector *function : functions)
      polynomials_.push_back(space.cell_polynomials(*function));
  }

  Piece<dim> operator()(const typename Triangulation<dim>::active_cell_iterator &cell,
                        const Point<dim> &corner, unsigned int halvings)
  {
    Piece<dim> piece{cell, corner, halvings, {}, {}, {}};
    evaluate(piece);
    fill_patch(piece.patch);
    measure(piece);
    return piece;
  }

  double n_points() const { return nodes_.size(); }

private:
  /// The nodes come before the points of the quadrature.
  void evaluate(const Piece<dim> &piece)
  {
    const double scale = std::ldexp(1.0, -static_cast<int>(piece.halvings));
    std::vector<Point<dim>> points;
    for (const Quadrature<dim> *part : {&nodes_, &quadrature_})
      for (const Point<dim> &point : part->get_points())
        points.push_back(piece.corner + scale * point);
    evaluation_.reinit(piece.cell, make_array_view(points));
    jacobians_.clear();
    for (unsigned int q = 0; q < points.size(); ++q)
    {
      jacobians_.push_back(std::abs(evaluation_.jacobian(q).determinant()) * std::pow(scale, dim));
      points[q] = evaluation_.real_point(q);
    }
    copy_points(points, dim, points_);
    model_.evaluate(points_, values_);
    model_.scale_noise(model_.relative_learning_rate, values_);

    const std::size_t n = polynomials_.size();
    std::vector<FunctionsAtPoint<dim>> at;
    for (std::size_t q = 0; q < points.size(); ++q)
      at.push_back({values_, q, std::vector<double>(n), std::vector<Tensor<1, dim>>(n)});
    for (std::size_t k = 0; k < n; ++k)
    {
      evaluation_.evaluate(make_array_view(polynomials_[k][piece.cell->active_cell_index()]),
                           EvaluationFlags::values | EvaluationFlags::gradients);
      for (std::size_t q = 0; q < points.size(); ++q)
      {
        at[q].u[k] = evaluation_.get_value(q);
        at[q].gradients[k] = evaluation_.get_gradient(q);
      }
    }
    numbers_.resize(points.size());
    for (std::size_t q = 0; q < points.size(); ++q)
    {
      numbers_[q].clear();
      fields_.evaluate(at[q], numbers_[q]);
    }
  }

  void fill_patch(DataOutBase::Patch<dim> &patch) const
  {
    const std::size_t n_numbers = numbers_[0].size();
    patch.reference_cell = ReferenceCells::get_hypercube<dim>();
    patch.n_subdivisions = n_subdivisions_;
    patch.points_are_available = true; // the cells may be curved
    patch.data.reinit(n_numbers + dim, nodes_.size());
    for (std::size_t i = 0; i < nodes_.size(); ++i)
    {
      for (std::size_t k = 0; k < n_numbers; ++k)
        patch.data(k, i) = numbers_[i][k];
      for (unsigned int d = 0; d < dim; ++d)
        patch.data(n_numbers + d, i) = points_.x[d][i];
    }
  }

  void measure(Piece<dim> &piece) const
  {
    std::vector<double> density;
    model_.measure(points_, density);
    std::size_t first = 0;
    for (const VtuField &name : names_)
    {
      std::size_t end = first + 1;
      if (name.is_vector)
        end = first + dim;
      double size = 0, error = 0;
      for (std::size_t q = 0; name.is_measured && q < quadrature_.size(); ++q)
      {
        const std::size_t p = nodes_.size() + q;
        double value = 0, difference = 0; // their squares
        for (std::size_t k = first; k < end; ++k)
        {
          double interpolated = 0;
          for (std::size_t i = 0; i < nodes_.size(); ++i)
            interpolated += interpolation_(q, i) * numbers_[i][k];
          value += std::pow(numbers_[p][k], 2);
          difference += std::pow(numbers_[p][k] - interpolated, 2);
        }
        const double weight = quadrature_.weight(q) * jacobians_[p] * density[p];
        size += weight * std::sqrt(value);
        error += weight * std::sqrt(difference);
      }
      piece.sizes.push_back(size);
      piece.errors.push_back(error);
      first = end;
    }
  }

  const Model &model_;
  const VtuFields<dim> &fields_;
  const std::vector<VtuField> names_;
  const unsigned int n_subdivisions_;
  const Quadrature<dim> nodes_, quadrature_;
  const FullMatrix<double> interpolation_;
  FEPointEvaluation<1, dim> evaluation_;
  std::vector<std::vector<std::vector<double>>> polynomials_; ///< [function][cell][unknown]
  Points points_;
  ModelValues values_;
  std::vector<double> jacobians_;
  std::vector<std::vector<double>> numbers_; ///< [point][number]
};

/// The pieces of all ranks together.
template <int dim>
class Pieces
{
public:
  Pieces(const DensitySpace<dim> &space, PieceMaker<dim> &make, std::size_t n_fields)
      : communicator_(space.communicator()), make_(make)
  {
    for (const auto &cell : space.mesh().triangulation().active_cell_iterators())
      if (cell->is_locally_owned())
        pieces_.push_back(make_(cell, Point<dim>(), 0));
    sizes_ = sum(n_fields, &Piece<dim>::sizes);
  }

  /// Halves pieces until all fields are that accurate, or the bounds are reached; the largest relative error.
  double refine(double accuracy)
  {
    while (true)
    {
      double error = 0;
      const std::vector<double> errors = sum(sizes_.size(), &Piece<dim>::errors);
      for (std::size_t k = 0; k < sizes_.size(); ++k)
        if (sizes_[k] > 0)
          error = std::max(error, errors[k] / sizes_[k]);
      if (!(error > accuracy))
        return error;
      const double limit = error_of_fine_pieces(accuracy);
      const auto is_coarse = [&](const Piece<dim> &piece) {
        return piece.halvings < most_halvings && relative_error(piece) > limit;
      };
      const double n_coarse = total(std::count_if(pieces_.begin(), pieces_.end(), is_coarse));
      const double n_pieces = total(pieces_.size()) + ((1 << dim) - 1) * n_coarse;
      if (n_coarse == 0 || n_pieces * make_.n_points() > most_points)
        return error;
      std::vector<Piece<dim>> pieces;
      for (Piece<dim> &piece : pieces_)
        if (is_coarse(piece))
          halve(piece, pieces);
        else
          pieces.push_back(std::move(piece));
      pieces_ = std::move(pieces);
    }
  }

  std::vector<DataOutBase::Patch<dim>> patches()
  {
    std::vector<DataOutBase::Patch<dim>> result;
    for (Piece<dim> &piece : pieces_)
    {
      result.push_back(std::move(piece.patch));
      result.back().patch_index = result.size() - 1;
    }
    return result;
  }

private:
  double total(double number) const { return Utilities::MPI::sum(number, communicator_); }

  std::vector<double> sum(std::size_t n_fields, std::vector<double> Piece<dim>::*numbers) const
  {
    std::vector<double> own(n_fields, 0.0), all(n_fields);
    for (const Piece<dim> &piece : pieces_)
      for (std::size_t k = 0; k < n_fields; ++k)
        own[k] += (piece.*numbers)[k];
    Utilities::MPI::sum(own, communicator_, all);
    return all;
  }

  /// The largest share of the piece in the relative error of a field.
  double relative_error(const Piece<dim> &piece) const
  {
    double error = 0;
    for (std::size_t k = 0; k < sizes_.size(); ++k)
      if (sizes_[k] > 0)
        error = std::max(error, piece.errors[k] / sizes_[k]);
    return error;
  }

  /// Pieces with at most this error make up half of the accuracy together.
  double error_of_fine_pieces(double accuracy) const
  {
    double limit = 1, rest;
    do
    {
      limit /= 2;
      rest = 0;
      for (const Piece<dim> &piece : pieces_)
        if (const double error = relative_error(piece); error <= limit)
          rest += error;
    } while (total(rest) > accuracy / 2);
    return limit;
  }

  void halve(const Piece<dim> &piece, std::vector<Piece<dim>> &pieces)
  {
    const unsigned int halvings = piece.halvings + 1;
    for (unsigned int child = 0; child < (1 << dim); ++child)
    {
      Point<dim> corner = piece.corner;
      for (unsigned int d = 0; d < dim; ++d)
        corner[d] += (child >> d & 1) * std::ldexp(1.0, -static_cast<int>(halvings));
      pieces.push_back(make_(piece.cell, corner, halvings));
    }
  }

  const MPI_Comm communicator_;
  PieceMaker<dim> &make_;
  std::vector<Piece<dim>> pieces_; ///< of this rank
  std::vector<double> sizes_;      ///< int |F| dmu of each field
};
} // namespace

template <int dim>
VtuPatches<dim> accurate_patches(const DensitySpace<dim> &space, const Model &model,
                                 const std::vector<const PETScVector *> &functions,
                                 const VtuFields<dim> &fields, double accuracy)
{
  PieceMaker<dim> make(space, model, functions, fields);
  Pieces<dim> pieces(space, make, fields.fields().size());
  const double error = pieces.refine(accuracy);
  return {pieces.patches(), error};
}

#define INSTANTIATE(dim)                                                                           \
  template VtuPatches<dim> accurate_patches(const DensitySpace<dim> &, const Model &,              \
                                            const std::vector<const PETScVector *> &,              \
                                            const VtuFields<dim> &, double);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
