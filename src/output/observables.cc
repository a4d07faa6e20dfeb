#include "output/observables.h"

#include "discretization/form/absolute_integral.h"
#include "discretization/form/cell_model.h"
#include "discretization/mesh/cell_parts.h"
#include "discretization/mesh/dealii_points.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/quadrature_lib.h>
#include <deal.II/fe/fe.h>
#include <deal.II/fe/fe_values.h>
#include <deal.II/grid/tria.h>
#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace lowland
{
using namespace dealii;

namespace
{
const std::string axis_names = "xyz";
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Sums over quadrature points, to be added up over the ranks in one go.
struct Sums
{
  enum Index
  {
    mass,
    negative_mass,
    loss,
    entropy,
    boundary_mass,
    beyond_walls,
    l1,
    kl,
    chi2,
    chi2_unresolved, ///< part of chi2 where pi is below 1e-12 of its maximum
    squared_gradient,
    trace,
    boundary_flux,
    n_scalars
  };
  double &operator[](Index i) { return values[i]; }

  std::vector<double> values = std::vector<double>(n_scalars);
  std::array<double, 3> mean{};
  std::array<double, 3> second{}; ///< of each coordinate
  std::vector<double> functions;

  void add_up(MPI_Comm communicator)
  {
    Utilities::MPI::sum(values, communicator, values);
    std::vector<double> moments(mean.begin(), mean.end());
    moments.insert(moments.end(), second.begin(), second.end());
    Utilities::MPI::sum(moments, communicator, moments);
    std::copy_n(moments.begin(), 3, mean.begin());
    std::copy_n(moments.begin() + 3, 3, second.begin());
    Utilities::MPI::sum(functions, communicator, functions);
  }

  /// From integrals over rho to means of what is left: over rho / int rho.
  void condition_on_survival()
  {
    const double left = values[mass];
    values[loss] /= left;
    values[squared_gradient] /= left;
    values[entropy] = values[entropy] / left + std::log(left);
    for (double &component : mean)
      component /= left;
    for (double &moment : second)
      moment /= left;
    for (double &value : functions)
      value /= left;
  }
};

/// Mass and moments of one cell about a point in it: the covariance of a density far narrower than its distance from the
/// origin is lost in the difference of E[x x] and E[x] E[x].
struct CellMoments
{
  Coordinates origin{};
  double mass = 0;
  Coordinates first{};
  std::array<double, 6> second{}; ///< packed
};

/// The second moments about `mean`, packed, over the cells of all ranks.
std::vector<double> moments_about(const Coordinates &mean, const std::vector<CellMoments> &cells,
                                  MPI_Comm communicator)
{
  std::vector<double> moments(n_packed(3));
  for (const CellMoments &cell : cells)
    for (unsigned int i = 0; i < 3; ++i)
      for (unsigned int j = 0; j <= i; ++j)
      {
        const double to_i = cell.origin[i] - mean[i], to_j = cell.origin[j] - mean[j];
        moments[packed(i, j)] += cell.second[packed(i, j)] + to_i * cell.first[j] +
                                 to_j * cell.first[i] + to_i * to_j * cell.mass;
      }
  Utilities::MPI::sum(moments, communicator, moments);
  return moments;
}

/// Loops over the cells and sums up.
template <int dim>
class Measurement
{
public:
  Measurement(const DensitySpace<dim> &space, const Model &model, double normalisation,
              const std::vector<NamedFunction> &functions)
      : space_(space), model_(model), log_normalisation_(std::log(normalisation)),
        width_(space.mesh().width()), functions_(functions),
        cell_(space, model, space.quadrature(), Derivatives::hessian),
        nodes_(space, model, Quadrature<dim>(space.finite_element().get_unit_support_points())),
        absolute_integral_(space.quadrature()),
        face_values_(space.mesh().mapping(), space.finite_element(),
                     space.mesh().gauss_on_sides(space.degree() + 2),
                     update_values | update_quadrature_points | update_JxW_values |
                         update_normal_vectors)
  {
    sums.functions.resize(functions.size());
    if (std::any_of(functions.begin(), functions.end(),
                    [](const auto &named) { return named.function->may_jump(); }))
      parts_ = std::make_unique<CellModel<dim>>(
          space, model, CellParts<dim>(space.degree() + 2).rule(), Derivatives::none);
  }

  template <typename Cell>
  void add(const Cell &cell, const std::vector<double> &polynomial)
  {
    cell_.reinit(cell);
    model_.scale_noise(model_.relative_learning_rate, cell_.values);
    cell_.evaluate(polynomial, u_);
    rho_.resize(u_.size());
    for (std::size_t q = 0; q < u_.size(); ++q)
      rho_[q] = cell_.values.weight[q] * u_[q];
    const double mass_before = sums[Sums::mass];
    add_moments();
    add_loss_balance();
    if (!std::isnan(log_normalisation_))
      add_distances();
    nodes_.reinit(cell);
    add_functions(cell, polynomial);
    if (add_walls(cell, polynomial))
      sums[Sums::boundary_mass] += sums[Sums::mass] - mass_before;
    for (std::size_t i = 0; i < polynomial.size(); ++i)
      minimum = std::min(minimum, nodes_.values.weight[i] * polynomial[i]);
    minimum = std::min(minimum, *std::min_element(rho_.begin(), rho_.end()));
    maximum = std::max(maximum, *std::max_element(rho_.begin(), rho_.end()));
  }

  Sums sums;
  std::vector<CellMoments> cell_moments;
  double minimum = std::numeric_limits<double>::max(), maximum = 0;

private:
  void add_moments()
  {
    CellMoments moments;
    moments.origin = cell_.points[0];
    for (std::size_t q = 0; q < rho_.size(); ++q)
    {
      const double mass = cell_.measure[q] * rho_[q];
      sums[Sums::mass] += mass;
      sums[Sums::negative_mass] += std::max(0.0, -mass);
      sums[Sums::loss] += mass * cell_.values.landscape.loss[q];
      if (rho_[q] > 0)
        sums[Sums::entropy] -= mass * std::log(rho_[q]);
      moments.mass += mass;
      for (unsigned int i = 0; i < dim; ++i)
      {
        const double x = cell_.points.x[i][q], from_origin = x - moments.origin[i];
        sums.mean[i] += mass * x;
        sums.second[i] += mass * x * x;
        moments.first[i] += mass * from_origin;
        for (unsigned int j = 0; j <= i; ++j)
          moments.second[packed(i, j)] +=
              mass * from_origin * (cell_.points.x[j][q] - moments.origin[j]);
      }
    }
    cell_moments.push_back(moments);
  }

  /// With K > 1 the Hessian's trace over the K reduced parameters has (K-1)/r d_r f besides.
  void add_loss_balance()
  {
    const auto &f = cell_.values.landscape;
    const auto &tensor = cell_.values.diffusion.tensor;
    const double k = model_.radial_dimension();
    for (std::size_t q = 0; q < rho_.size(); ++q)
    {
      const double mass = cell_.measure[q] * rho_[q];
      for (unsigned int i = 0; i < dim; ++i)
      {
        sums[Sums::squared_gradient] += mass * f.gradient[i][q] * f.gradient[i][q];
        for (unsigned int j = 0; j < dim; ++j)
          sums[Sums::trace] += mass * tensor[packed(i, j)][q] * f.hessian[packed(i, j)][q];
      }
      if (k > 1)
        sums[Sums::trace] += mass * tensor[packed(dim - 1, dim - 1)][q] * (k - 1) *
                             f.gradient[dim - 1][q] / cell_.points.x[dim - 1][q];
    }
  }

  void add_distances()
  {
    const double floor = model_.weight.is_one() ? 1e-12 : 10 * model_.weight.floor();
    difference_of_u_.resize(rho_.size());
    for (std::size_t q = 0; q < rho_.size(); ++q)
    {
      const double relative = cell_.values.log_relative_pi[q];
      const double log_pi = relative - log_normalisation_, pi = std::exp(log_pi);
      const double dx = cell_.measure[q], difference = rho_[q] - pi;
      const double w = cell_.values.weight[q];
      difference_of_u_[q] = w > 0 ? difference / w : 0;
      sums[Sums::kl] += dx * (rho_[q] > 0 ? relative_entropy(rho_[q], pi, log_pi) : pi);
      const double chi2 = pi > 0 ? dx * difference * difference / pi : 0;
      sums[Sums::chi2] += chi2;
      if (std::exp(relative) <= floor)
        sums[Sums::chi2_unresolved] += pi > 0 ? chi2 : dx * std::abs(difference);
    }
    sums[Sums::l1] += absolute_integral_(cell_.weighted_measure, difference_of_u_);
  }

  /// rho log(rho/pi) - rho + pi, without cancellation where rho is close to pi.
  static double relative_entropy(double rho, double pi, double log_pi)
  {
    const double s = (rho - pi) / pi;
    if (std::abs(s) < 1e-4)
      return pi * s * s * (0.5 - s / 6 + s * s / 12);
    return rho * (std::log(rho) - log_pi) - rho + pi;
  }

  template <typename Cell>
  void add_functions(const Cell &cell, const std::vector<double> &polynomial)
  {
    bool are_parts_ready = false;
    for (std::size_t k = 0; k < functions_.size(); ++k)
    {
      const Function &function = *functions_[k].function;
      function.evaluate(cell_.points, function_values_);
      if (!function.may_jump() || is_constant(function))
      {
        for (std::size_t q = 0; q < rho_.size(); ++q)
          sums.functions[k] += cell_.measure[q] * rho_[q] * function_values_[q];
        continue;
      }
      if (!are_parts_ready)
      {
        parts_->reinit(cell);
        parts_->evaluate(polynomial, u_in_parts_);
        are_parts_ready = true;
      }
      function.evaluate(parts_->points, function_values_);
      for (std::size_t q = 0; q < u_in_parts_.size(); ++q)
        sums.functions[k] += parts_->weighted_measure[q] * u_in_parts_[q] * function_values_[q];
    }
  }

  /// Whether a function whose values at the quadrature points are known is the same there and at the nodes, which
  /// corners are among.
  bool is_constant(const Function &function)
  {
    function.evaluate(nodes_.points, values_at_nodes_);
    const auto is_first = [&](double value) { return value == function_values_[0]; };
    return std::all_of(function_values_.begin(), function_values_.end(), is_first) &&
           std::all_of(values_at_nodes_.begin(), values_at_nodes_.end(), is_first);
  }

  /// A side that reflects: neither glued to another one nor the axis r = 0 of a radius.
  template <typename Cell>
  bool is_wall(const Cell &cell, unsigned int side) const
  {
    if (!is_at_boundary(cell, side) || space_.mesh().exit_at(cell, side))
      return false;
    const double r = cell->face(side)->center()[dim - 1];
    return model_.radial_dimension() == 1 || r > 1e-10 * width_;
  }

  /// oint rho n.D grad f and oint rho l over the walls at this cell; whether there are any.
  template <typename Cell>
  bool add_walls(const Cell &cell, const std::vector<double> &polynomial)
  {
    bool any = false;
    for (const unsigned int side : cell->face_indices())
    {
      if (!is_wall(cell, side))
        continue;
      any = true;
      face_values_.reinit(cell, side);
      copy_points(face_values_.get_quadrature_points(), dim, face_points_);
      model_.evaluate(face_points_, face_model_);
      model_.scale_noise(model_.relative_learning_rate, face_model_);
      model_.measure(face_points_, face_measure_);
      for (std::size_t q = 0; q < face_points_.size(); ++q)
      {
        double u = 0;
        for (std::size_t i = 0; i < polynomial.size(); ++i)
          u += polynomial[i] * face_values_.shape_value(i, q);
        add_wall_point(q, face_measure_[q] * face_values_.JxW(q) * face_model_.weight[q] * u);
      }
    }
    return any;
  }

  /// `mass`: rho times the measure of the wall around its point q.
  void add_wall_point(std::size_t q, double mass)
  {
    const auto &normal = face_values_.normal_vector(q);
    const auto &gradient = face_model_.landscape.gradient;
    double flux = 0, diffusion = 0, drift = 0; // n.D grad f, n.Dn, n.b
    for (unsigned int a = 0; a < dim; ++a)
    {
      drift += normal[a] * (gradient[a][q] + face_model_.diffusion.divergence[a][q]);
      for (unsigned int b = 0; b < dim; ++b)
      {
        const double d = face_model_.diffusion.tensor[packed(a, b)][q];
        flux += normal[a] * d * gradient[b][q];
        diffusion += normal[a] * d * normal[b];
      }
    }
    sums[Sums::boundary_flux] += mass * flux;
    const double beyond = diffusion < width_ * drift ? diffusion / drift : width_;
    const double length = diffusion > 0 ? beyond : 0; // no noise, no crossing
    sums[Sums::beyond_walls] += std::max(0.0, mass) * length;
  }

  const DensitySpace<dim> &space_;
  const Model &model_;
  double log_normalisation_, width_;
  const std::vector<NamedFunction> &functions_;
  CellModel<dim> cell_, nodes_;
  AbsoluteIntegral<dim> absolute_integral_;
  FEFaceValues<dim> face_values_;
  Points face_points_;
  ModelValues face_model_;
  std::unique_ptr<CellModel<dim>> parts_; ///< of cells where an observable may jump
  std::vector<double> u_, rho_, difference_of_u_, function_values_, values_at_nodes_, u_in_parts_,
      face_measure_;
};

std::string name_of(const std::string &prefix, unsigned int i)
{
  return prefix + "_" + axis_names[i];
}

/// `about_mean`: int (x - mean)(x - mean) rho, packed.
template <int dim>
void add_moments(const Sums &sums, const std::vector<double> &about_mean, Record &record)
{
  for (unsigned int i = 0; i < dim; ++i)
    record.add(name_of("mean", i), "length", sums.mean[i]);
  for (unsigned int i = 0; i < dim; ++i)
    record.add(name_of("second_moment", i), "length^2", sums.second[i]);
  for (unsigned int i = 0; i < dim; ++i)
    for (unsigned int j = 0; j <= i; ++j)
      record.add(std::string("covariance_") + axis_names[j] + axis_names[i], "length^2",
                 about_mean[packed(i, j)] / sums.values[Sums::mass]);
}
} // namespace

template <int dim>
Record measure_density(const DensitySpace<dim> &space, const Model &model, const PETScVector &u,
                       double normalisation, const std::vector<NamedFunction> &functions)
{
  Measurement<dim> measurement(space, model, normalisation, functions);
  const auto polynomials = space.cell_polynomials(u);
  for (const auto &cell : space.mesh().triangulation().active_cell_iterators())
    if (cell->is_locally_owned())
      measurement.add(cell, polynomials[cell->active_cell_index()]);
  Sums &sums = measurement.sums;
  sums.add_up(space.communicator());
  if (space.mesh().walls().any())
    sums.condition_on_survival();

  Record record;
  record.add("mass", "-", sums[Sums::mass]);
  record.add("minimum_density", "1/volume",
             Utilities::MPI::min(measurement.minimum, space.communicator()));
  record.add("maximum_density", "1/volume",
             Utilities::MPI::max(measurement.maximum, space.communicator()));
  record.add("negative_mass", "-", sums[Sums::negative_mass]);
  add_moments<dim>(sums, moments_about(sums.mean, measurement.cell_moments, space.communicator()),
                   record);
  record.add("expected_loss", "loss", sums[Sums::loss]);
  record.add("entropy", "-", sums[Sums::entropy]);
  record.add("boundary_mass", "-", sums[Sums::boundary_mass]);
  record.add("mass_beyond_walls", "-", sums[Sums::beyond_walls]);
  if (!std::isnan(normalisation))
  {
    record.add("l1_to_invariant", "-", sums[Sums::l1]);
    record.add("kl_to_invariant", "-", sums[Sums::kl]);
    const bool resolved = sums[Sums::chi2_unresolved] <= 1e-2 * sums[Sums::chi2] + 1e-13;
    record.add("chi2_to_invariant", "-", resolved ? sums[Sums::chi2] : not_a_number);
  }
  record.add("expected_squared_gradient", "loss^2/length^2", sums[Sums::squared_gradient]);
  if (!space.mesh().walls().any())
    record.add("loss_balance", "loss/time",
               -sums[Sums::squared_gradient] + sums[Sums::trace] - sums[Sums::boundary_flux]);
  for (std::size_t k = 0; k < functions.size(); ++k)
    record.add(functions[k].name, "-", sums.functions[k]);
  return record;
}

template Record measure_density(const DensitySpace<1> &, const Model &, const PETScVector &, double,
                                const std::vector<NamedFunction> &);
template Record measure_density(const DensitySpace<2> &, const Model &, const PETScVector &, double,
                                const std::vector<NamedFunction> &);
template Record measure_density(const DensitySpace<3> &, const Model &, const PETScVector &, double,
                                const std::vector<NamedFunction> &);
} // namespace lowland
