#include "discretization/adaptation/cell_marking.h"

#include <deal.II/base/mpi.h>
#include <deal.II/grid/grid_tools.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace lowland
{
using namespace dealii;

namespace
{
/// Rounds to 1/64 of an octave: what different numbers of ranks add up differently becomes equal.
double rounded(double error)
{
  return error > 0 ? std::exp2(std::round(std::log2(error) * 64) / 64) : 0;
}

/// The errors of all ranks, sorted into bins of an eighth of an octave.
class Threshold
{
public:
  Threshold(const CellErrors &errors, MPI_Comm communicator) : sums_(n_bins, 0.0)
  {
    for (const double error : errors)
      if (error > 0)
        sums_[bin(error)] += rounded(error);
    Utilities::MPI::sum(sums_, communicator, sums_);
  }

  /// The largest error t such that `below` times the sum of all errors up to t plus `above` times the
  /// sum of the others is at most `target`; infinity if all may stay below.
  double sum_equals(double target, double below, double above) const
  {
    double low = 0, high = 0;
    for (const double sum : sums_)
      high += sum;
    for (int b = 0; b < n_bins; ++b)
    {
      low += sums_[b];
      high -= sums_[b];
      if (below * low + above * high > target && sums_[b] > 0)
        return std::exp2((b - 0.1) / 8 - offset);
    }
    return std::numeric_limits<double>::infinity();
  }

private:
  static constexpr int n_bins = 1200, offset = 140; // from 2^-140
  static int bin(double error)
  {
    return std::clamp(static_cast<int>(std::floor((std::log2(rounded(error)) + offset) * 8 + 1e-6)),
                      0, n_bins - 1);
  }

  std::vector<double> sums_;
};

/// In 1D every rank refines the whole mesh and needs all marks.
void share_marks(Triangulation<1> &triangulation, MPI_Comm communicator)
{
  std::vector<int> marks(triangulation.n_active_cells(), 0);
  for (const auto &cell : triangulation.active_cell_iterators())
    if (cell->is_locally_owned())
      marks[cell->active_cell_index()] =
          cell->refine_flag_set() ? 1 : (cell->coarsen_flag_set() ? -1 : 0);
  Utilities::MPI::sum(marks, communicator, marks);
  for (const auto &cell : triangulation.active_cell_iterators())
  {
    const int mark = marks[cell->active_cell_index()];
    cell->clear_refine_flag();
    cell->clear_coarsen_flag();
    if (mark > 0)
      cell->set_refine_flag();
    else if (mark < 0)
      cell->set_coarsen_flag();
  }
}

/// Withdraws coarsening next to cells that are or will be finer, across the ranks' borders too: what the
/// 2:1 balance would forbid must not depend on which rank sees it.
template <int dim>
void keep_balance(Triangulation<dim> &triangulation)
{
  std::vector<int> finest(triangulation.n_vertices(), 0); // level around each vertex
  const auto note = [&](const auto &cell, int mark) {
    for (const unsigned int v : cell->vertex_indices())
      finest[cell->vertex_index(v)] = std::max(finest[cell->vertex_index(v)], cell->level() + mark);
  };
  using Cell = typename Triangulation<dim>::active_cell_iterator;
  for (const auto &cell : triangulation.active_cell_iterators())
    if (cell->is_locally_owned())
      note(cell, cell->refine_flag_set() ? 1 : 0);
  GridTools::exchange_cell_data_to_ghosts<int, Triangulation<dim>>(
      triangulation, [](const Cell &cell) { return cell->refine_flag_set() ? 1 : 0; },
      [&](const Cell &cell, const int mark) { note(cell, mark); });
  for (const auto &cell : triangulation.active_cell_iterators())
    if (cell->is_locally_owned() && cell->coarsen_flag_set())
      for (const unsigned int v : cell->vertex_indices())
        if (finest[cell->vertex_index(v)] > cell->level())
          cell->clear_coarsen_flag();
}

/// Withdraws coarsening where not all children of a parent are marked: nothing would come of it. The siblings of
/// a cell are on its rank (p4est), or their marks are known (1D). Returns how many marks on this rank stay.
template <int dim>
std::size_t keep_families(Triangulation<dim> &triangulation)
{
  const auto is_marked = [](const auto &child) {
    return child->is_active() && child->coarsen_flag_set();
  };
  std::vector<typename Triangulation<dim>::active_cell_iterator> incomplete;
  std::size_t n = 0;
  for (const auto &cell : triangulation.active_cell_iterators())
    if (cell->coarsen_flag_set())
    {
      const auto siblings = cell->parent()->child_iterators();
      if (!std::all_of(siblings.begin(), siblings.end(), is_marked))
        incomplete.push_back(cell);
      else if (cell->is_locally_owned())
        ++n;
    }
  for (const auto &cell : incomplete)
    cell->clear_coarsen_flag();
  return n;
}

/// Whether a region that absorbs has some of the cell's siblings and not all: one cell in their place would move its rim.
template <int dim, typename Cell>
bool shapes_rim(const Mesh<dim> &mesh, const Cell &cell)
{
  if (!mesh.walls().region)
    return false;
  const auto family = cell->parent();
  const bool own = mesh.absorbs(cell->center());
  for (unsigned int c = 0; c < family->n_children(); ++c)
    if (mesh.absorbs(family->child(c)->center()) != own)
      return true;
  return false;
}
} // namespace

template <int dim>
MarkedCells mark_cells(DensitySpace<dim> &space, Mesh<dim> &mesh, const CellErrors &errors,
                       const WeightErrors &weight, double target, const MarkingLimits &limits)
{
  const double gain = std::exp2(space.degree() + 1);
  const MPI_Comm communicator = mesh.communicator();
  const double n = mesh.n_cells();
  // Refinement divides a cell's error by `gain`, coarsening multiplies it. Cells with less than an
  // equal share of the target need not be refined, however much the others exceed it.
  const double refine_above =
      std::max(target / n, Threshold(errors, communicator).sum_equals(target, 1.0, 1 / gain));
  const double coarsen_below =
      std::min(refine_above / gain / std::exp2(dim),
               Threshold(errors, communicator).sum_equals(0.2 * target, gain, 0.0));
  const double refine_weight_above = std::max(
      limits.weight_quadrature / n, Threshold(weight.quadrature, communicator)
                                        .sum_equals(limits.weight_quadrature, 1.0, 1 / gain));
  MarkedCells marked;
  for (const auto &cell : mesh.triangulation().active_cell_iterators())
    if (cell->is_locally_owned())
    {
      const unsigned int index = cell->active_cell_index();
      const double error = rounded(errors[index]), w_error = rounded(weight.quadrature[index]);
      const double range = rounded(weight.log_range[index]);
      cell->clear_refine_flag();
      cell->clear_coarsen_flag();
      const bool refine =
          error > refine_above || w_error > refine_weight_above || range > limits.log_weight_range;
      if (refine && static_cast<unsigned int>(cell->level()) < limits.deepest_level)
      {
        cell->set_refine_flag();
        ++marked.to_refine;
      }
      else if (!refine && error < coarsen_below &&
               w_error * gain * gain * 4 < refine_weight_above &&
               range * 3 < limits.log_weight_range && cell->level() > 0 && !shapes_rim(mesh, cell))
      {
        cell->set_coarsen_flag();
        ++marked.small;
      }
    }
  if constexpr (dim == 1)
    share_marks(mesh.triangulation(), communicator);
  else
    keep_balance(mesh.triangulation());
  marked.to_refine = Utilities::MPI::sum(marked.to_refine, communicator);
  marked.small = Utilities::MPI::sum(marked.small, communicator);
  marked.to_coarsen = Utilities::MPI::sum(keep_families(mesh.triangulation()), communicator);
  return marked;
}

template <int dim>
void keep_all_cells(Mesh<dim> &mesh)
{
  for (const auto &cell : mesh.triangulation().active_cell_iterators())
    cell->clear_coarsen_flag();
}

template <int dim>
void clear_marks(Mesh<dim> &mesh)
{
  keep_all_cells(mesh);
  for (const auto &cell : mesh.triangulation().active_cell_iterators())
    cell->clear_refine_flag();
}

template <int dim>
std::size_t refine_cells(DensitySpace<dim> &space, Mesh<dim> &mesh, const CellErrors &errors,
                         const WeightErrors &weight, double target, const MarkingLimits &limits)
{
  const MarkedCells marked = mark_cells(space, mesh, errors, weight, target, limits);
  keep_all_cells(mesh);
  if (marked.to_refine > 0)
    mesh.triangulation().execute_coarsening_and_refinement();
  return marked.to_refine;
}

#define INSTANTIATE(dim)                                                                           \
  template MarkedCells mark_cells(DensitySpace<dim> &, Mesh<dim> &, const CellErrors &,            \
                                  const WeightErrors &, double, const MarkingLimits &);            \
  template void keep_all_cells(Mesh<dim> &);                                                       \
  template void clear_marks(Mesh<dim> &);                                                          \
  template std::size_t refine_cells(DensitySpace<dim> &, Mesh<dim> &, const CellErrors &,          \
                                    const WeightErrors &, double, const MarkingLimits &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
