#include "discretization/form/positivity.h"

#include "discretization/form/face_terms.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/quadrature.h>
#include <deal.II/dofs/dof_accessor.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/fe/fe.h>
#include <deal.II/fe/fe_values.h>
#include <deal.II/grid/tria.h>
#include <deal.II/lac/dynamic_sparsity_pattern.h>
#include <deal.II/lac/petsc_sparse_matrix.h>
#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numeric>

namespace lowland
{
using namespace dealii;

CellLimit limit_of_cell(const std::vector<double> &values, const std::vector<double> &weights,
                        double lowest, double gain)
{
  CellLimit limit;
  double mass = 0, measure = 0;
  for (std::size_t q = 0; q < values.size(); ++q)
  {
    mass += weights[q] * values[q];
    measure += weights[q];
  }
  limit.before = mass / measure;
  limit.mean = lowest < 0 || gain != 0 ? std::max(0.0, limit.before + gain) : limit.before;
  const double depth = limit.before - lowest;
  if (depth > limit.mean)
    limit.scale = limit.mean / depth;
  for (std::size_t q = 0; q < values.size(); ++q)
    limit.moved += weights[q] * std::abs(limit(values[q]) - values[q]);
  return limit;
}

namespace
{
/// Passes over the negative cells, each of which reaches one neighbour further.
constexpr unsigned int max_passes = 20;
/// What is negative in sum beside a mass of 1: round-off.
constexpr double round_off = 1e-16;

/// Cells as unknowns, and sums over their neighbours.
template <int dim>
class CellGraph
{
public:
  using Values = std::vector<double>; ///< by the cells of this rank

  explicit CellGraph(const Mesh<dim> &mesh)
      : cells_(mesh, DensitySpace<dim>::Element::discontinuous, 0, false)
  {
    cells_.distribute();
    DynamicSparsityPattern pattern(cells_.locally_relevant());
    DoFTools::make_sparsity_pattern(cells_.dof_handler(), pattern);
    add_face_couplings(cells_, pattern);
    neighbours_ = cells_.matrix(pattern);
    for (const auto row : cells_.locally_owned())
    {
      n_neighbours_.push_back(pattern.row_length(row) - 1.0);
      for (auto entry = pattern.begin(row); entry != pattern.end(row); ++entry)
        neighbours_->set(row, entry->column(), entry->column() == row ? 0.0 : 1.0);
    }
    neighbours_->compress(VectorOperation::insert);
  }

  /// Copies between values by active cell index and by unknown.
  template <typename Copy>
  void for_cells(const Copy &copy) const
  {
    std::vector<types::global_dof_index> index(1);
    for (const auto &cell : cells_.dof_handler().active_cell_iterators())
      if (cell->is_locally_owned())
      {
        cell->get_dof_indices(index);
        copy(cell->active_cell_index(), cells_.locally_owned().index_within_set(index[0]));
      }
  }

  std::size_t size() const { return n_neighbours_.size(); }
  const Values &n_neighbours() const { return n_neighbours_; }

  /// For each cell the sum over its neighbours; collective.
  Values sum(const Values &values) const
  {
    PETScVector from = cells_.vector(), to = cells_.vector();
    Values result(values.size());
    double *entries;
    VecGetArray(from, &entries);
    std::copy(values.begin(), values.end(), entries);
    VecRestoreArray(from, &entries);
    neighbours_->vmult(to, from);
    VecGetArray(to, &entries);
    std::copy_n(entries, result.size(), result.begin());
    VecRestoreArray(to, &entries);
    return result;
  }

private:
  DensitySpace<dim> cells_;
  std::unique_ptr<PETScMatrix> neighbours_;
  Values n_neighbours_;
};

/// One pass over the masses m of all cells.
template <int dim>
void exchange(const CellGraph<dim> &graph, std::vector<double> &m)
{
  const std::size_t n = m.size();
  std::vector<double> surplus(n), wanted(n, 0.0), handed_on(n, 0.0);
  for (std::size_t k = 0; k < n; ++k)
    surplus[k] = std::max(0.0, m[k]);
  const auto available = graph.sum(surplus);
  const auto &n_neighbours = graph.n_neighbours();
  for (std::size_t k = 0; k < n; ++k)
    if (m[k] < 0 && n_neighbours[k] > 0)
    {
      // This part of what each neighbour has, and the rest handed on at once: whether there is next to nothing or
      // nothing makes no difference.
      wanted[k] = available[k] > -m[k] ? -m[k] / available[k] : 1;
      handed_on[k] = std::min(0.0, m[k] + available[k]) / n_neighbours[k];
    }
  const auto all_wanted = graph.sum(wanted);
  const auto lack = graph.sum(handed_on);
  std::vector<double> limited(n);
  for (std::size_t k = 0; k < n; ++k)
    limited[k] = surplus[k] / std::max(1.0, all_wanted[k]);
  const auto gained = graph.sum(limited);
  for (std::size_t k = 0; k < n; ++k)
    m[k] += wanted[k] * gained[k] - limited[k] * all_wanted[k] + lack[k] -
            handed_on[k] * n_neighbours[k];
}

/// The sums of the negative entries and of the positive ones; collective.
std::array<double, 2> sums_of_signs(const std::vector<double> &masses, MPI_Comm communicator)
{
  std::vector<double> sums(2, 0.0);
  for (const double mass : masses)
    sums[mass > 0] += mass;
  Utilities::MPI::sum(sums, communicator, sums);
  return {{sums[0], sums[1]}};
}

/// Whether the negative entries matter; collective.
bool is_negative(const std::vector<double> &masses, MPI_Comm communicator)
{
  return sums_of_signs(masses, communicator)[0] < -round_off;
}
} // namespace

template <int dim>
void share_deficits(const Mesh<dim> &mesh, std::vector<double> &masses)
{
  const CellGraph<dim> graph(mesh);
  std::vector<double> m(graph.size());
  graph.for_cells([&](unsigned int cell, std::size_t k) { m[k] = masses[cell]; });
  for (unsigned int pass = 0; pass < max_passes && is_negative(m, mesh.communicator()); ++pass)
    exchange(graph, m);
  const auto [negative, positive] = sums_of_signs(m, mesh.communicator());
  const double kept = negative < -round_off ? std::max(0.0, 1 + negative / positive) : 1;
  graph.for_cells(
      [&](unsigned int cell, std::size_t k) { masses[cell] = kept * std::max(0.0, m[k]); });
}

namespace
{
/// The polynomials of u, their lowest values and masses on the cells of this rank.
template <int dim>
class CellValues
{
public:
  CellValues(const DensitySpace<dim> &space, const Model &model, const PETScVector &u)
      : space_(space), cell_model_(space, model, space.quadrature()),
        polynomials(space.cell_polynomials(u)), lowest(polynomials.size(), 0.0),
        mass(polynomials.size(), 0.0)
  {
    for_cells([&](const auto &, unsigned int k) {
      cell_model_.evaluate(polynomials[k], values_);
      lowest[k] = std::min(*std::min_element(values_.begin(), values_.end()),
                           *std::min_element(polynomials[k].begin(), polynomials[k].end()));
    });
  }

  template <typename Visit>
  void for_cells(const Visit &visit) const
  {
    for (const auto &cell : space_.dof_handler().active_cell_iterators())
      if (cell->is_locally_owned())
        visit(cell, cell->active_cell_index());
  }

  /// Computes the masses of the cells whose lowest value is negative, or of the others.
  void measure(bool of_negative)
  {
    for_cells([&](const auto &cell, unsigned int k) {
      if ((lowest[k] < 0) != of_negative)
        return;
      reinit(cell, k);
      for (std::size_t q = 0; q < values_.size(); ++q)
        mass[k] += cell_model_.weighted_measure[q] * values_[q];
    });
  }

  template <typename Cell>
  CellLimit limit(const Cell &cell, unsigned int k, double gain)
  {
    reinit(cell, k);
    const auto &weights = cell_model_.weighted_measure;
    return limit_of_cell(values_, weights, lowest[k],
                         gain / std::accumulate(weights.begin(), weights.end(), 0.0));
  }

private:
  template <typename Cell>
  void reinit(const Cell &cell, unsigned int k)
  {
    cell_model_.reinit(cell);
    cell_model_.evaluate(polynomials[k], values_);
  }

  const DensitySpace<dim> &space_;
  CellModel<dim> cell_model_;
  std::vector<double> values_;

public:
  std::vector<std::vector<double>> polynomials;
  std::vector<double> lowest, mass; ///< mass only where it was measured
};
} // namespace

template <int dim>
std::vector<double> limit_to_nonnegative(const DensitySpace<dim> &space, const Model &model,
                                         PETScVector &u)
{
  CellValues<dim> cells(space, model, u);
  cells.measure(true);
  std::vector<double> mass = cells.mass;
  if (is_negative(mass, space.communicator()))
  {
    cells.measure(false); // the neighbours' masses
    mass = cells.mass;
    share_deficits(space.mesh(), mass);
  }
  std::vector<double> moved(mass.size(), 0.0);
  std::vector<types::global_dof_index> indices(space.finite_element().n_dofs_per_cell());
  cells.for_cells([&](const auto &cell, unsigned int k) {
    const double gain = mass[k] - cells.mass[k];
    if (cells.lowest[k] >= 0 && gain == 0)
      return;
    const CellLimit limit = cells.limit(cell, k, gain);
    moved[k] = limit.moved;
    for (double &value : cells.polynomials[k])
      value = limit(value);
    cell->get_dof_indices(indices);
    u.set(indices, cells.polynomials[k]);
  });
  u.compress(VectorOperation::insert);
  return moved;
}

#define INSTANTIATE(dim)                                                                           \
  template void share_deficits(const Mesh<dim> &, std::vector<double> &);                          \
  template std::vector<double> limit_to_nonnegative(const DensitySpace<dim> &, const Model &,      \
                                                    PETScVector &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
