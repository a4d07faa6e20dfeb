#include "discretization/passages/committor_error.h"

#include "discretization/mesh/dealii_points.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/quadrature.h>
#include <deal.II/fe/fe_dgq.h>
#include <deal.II/fe/fe_q.h>
#include <deal.II/fe/fe_tools.h>
#include <deal.II/fe/fe_values.h>
#include <deal.II/grid/tria.h>
#include <deal.II/lac/full_matrix.h>
#include <deal.II/lac/petsc_vector.h>
#include <deal.II/lac/vector.h>

#include <algorithm>
#include <cmath>

namespace lowland
{
using namespace dealii;

namespace
{
using Polynomial = std::vector<double>;

/// What interpolation with a lower degree loses of a polynomial.
template <int dim>
class LostBy
{
public:
  LostBy(const FiniteElement<dim> &element, int degree)
      : interpolation_(element.n_dofs_per_cell(), element.n_dofs_per_cell())
  {
    if (degree > 0)
      FETools::get_back_interpolation_matrix(element, FE_Q<dim>(degree), interpolation_);
    else
      FETools::get_back_interpolation_matrix(element, FE_DGQ<dim>(0), interpolation_);
  }

  Polynomial operator()(const Polynomial &polynomial) const
  {
    const Vector<double> all(polynomial.begin(), polynomial.end());
    Vector<double> kept(all.size());
    interpolation_.vmult(kept, all);
    Polynomial lost(polynomial);
    for (std::size_t i = 0; i < lost.size(); ++i)
      lost[i] -= kept(i);
    return lost;
  }

private:
  FullMatrix<double> interpolation_;
};

/// sqrt of int w grad p . D grad p over the cell.
template <int dim>
double gradient_norm(const CellModel<dim> &cell, const Polynomial &p)
{
  double sum = 0;
  for (std::size_t q = 0; q < cell.n_points(); ++q)
  {
    Tensor<1, dim> gradient;
    for (std::size_t i = 0; i < p.size(); ++i)
      gradient += p[i] * cell.fe().shape_grad(i, q);
    for (unsigned int a = 0; a < dim; ++a)
      for (unsigned int b = 0; b < dim; ++b)
        sum += cell.weighted_measure[q] * gradient[a] * gradient[b] *
               cell.values.diffusion.tensor[packed(a, b)][q];
  }
  return std::sqrt(sum);
}

/// int pi p over the cell.
template <int dim>
double mass(const CellModel<dim> &cell, const Polynomial &p)
{
  std::vector<double> values;
  cell.evaluate(p, values);
  double sum = 0;
  for (std::size_t q = 0; q < values.size(); ++q)
    sum += cell.measure[q] * std::exp(cell.values.log_relative_pi[q]) * values[q];
  return sum;
}

/// Whether some, but not all nodes of the cell are in the set.
template <int dim, typename Cell>
bool is_cut(const Cell &cell, const FiniteElement<dim> &element, const Mapping<dim> &mapping,
            const Well &well)
{
  unsigned int inside = 0;
  for (const Point<dim> &node : element.get_unit_support_points())
    inside += well.contains(to_coordinates(mapping.transform_unit_to_real_cell(cell, node)));
  return inside > 0 && inside < element.n_dofs_per_cell();
}

/// The errors of one cell after the other, and their sums.
template <int dim>
class CellError
{
public:
  CellError(const DensitySpace<dim> &space, const Model &model, const std::vector<Well> &wells,
            const WellChain::Matrix &weights, const std::vector<double> &masses)
      : conductances(masses.size(), std::vector<double>(masses.size(), 0.0)), space_(space),
        wells_(wells), masses_(masses), weights_(weights),
        coarse_(space, model, space.quadrature(), Derivatives::gradient, true),
        fine_(space, model, space.mesh().gauss(space.degree() + 4), Derivatives::gradient, true),
        top_(space.finite_element(), space.degree() - 1),
        top_two_(space.finite_element(), std::max<int>(0, space.degree() - 2))
  {
  }

  template <typename Cell>
  double operator()(const Cell &cell, const std::vector<Polynomial> &h)
  {
    coarse_.reinit(cell);
    fine_.reinit(cell);
    const std::size_t n = h.size();
    std::vector<double> error(n), gradient(n), fine_gradient(n);
    bool cut = false;
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i)
    {
      gradient[i] = gradient_norm(coarse_, h[i]);
      fine_gradient[i] = gradient_norm(fine_, h[i]);
      const double last = gradient_norm(fine_, top_(h[i])),
                   before = gradient_norm(fine_, top_two_(h[i]));
      error[i] = before > last ? last * last / before : last;
      sum += std::abs(mass(fine_, h[i]) - mass(coarse_, h[i])) / masses_[i];
      cut = cut || (i < wells_.size() && wells_[i].level > 0 &&
                    is_cut(cell, space_.finite_element(), space_.mesh().mapping(), wells_[i]));
    }
    mass_errors += sum;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < i; ++j)
      {
        const double energy = fine_gradient[i] * fine_gradient[j];
        const double discrete = cut ? energy / space_.degree() : error[i] * error[j];
        const double both = discrete + std::abs(energy - gradient[i] * gradient[j]);
        conductances[i][j] += both;
        sum += weights_[i][j] * both;
      }
    return sum;
  }

  WellChain::Matrix conductances;
  double mass_errors = 0;

private:
  const DensitySpace<dim> &space_;
  const std::vector<Well> &wells_;
  const std::vector<double> masses_;
  const WellChain::Matrix &weights_;
  CellModel<dim> coarse_, fine_;
  LostBy<dim> top_, top_two_;
};
} // namespace

template <int dim>
CommittorErrors
committor_errors(const DensitySpace<dim> &space, const Model &model, const std::vector<Well> &wells,
                 const HarmonicFunctions<dim> &functions, const WellChain::Matrix &weights)
{
  CommittorErrors errors;
  errors.cells.assign(space.mesh().triangulation().n_active_cells(), 0.0);
  CellError<dim> error_of(space, model, wells, weights, functions.masses());
  std::vector<std::vector<Polynomial>> polynomials;
  for (std::size_t i = 0; i < functions.size(); ++i)
    polynomials.push_back(space.cell_polynomials(functions[i]));
  std::vector<Polynomial> h(functions.size());
  for (const auto &cell : space.mesh().triangulation().active_cell_iterators())
    if (cell->is_locally_owned())
    {
      const unsigned int index = cell->active_cell_index();
      for (std::size_t i = 0; i < h.size(); ++i)
        h[i] = polynomials[i][index];
      errors.cells[index] = error_of(cell, h);
    }
  for (std::vector<double> &row : error_of.conductances)
    Utilities::MPI::sum(row, space.communicator(), row);
  errors.conductances = error_of.conductances;
  errors.masses = Utilities::MPI::sum(error_of.mass_errors, space.communicator());
  return errors;
}

#define INSTANTIATE(dim)                                                                           \
  template CommittorErrors committor_errors(                                                       \
      const DensitySpace<dim> &, const Model &, const std::vector<Well> &,                         \
      const HarmonicFunctions<dim> &, const WellChain::Matrix &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
