#include "discretization/mesh_change.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/qprojector.h>
#include <deal.II/base/quadrature.h>
#include <deal.II/distributed/cell_data_transfer.templates.h>
#include <deal.II/fe/fe.h>
#include <deal.II/fe/fe_values.h>
#include <deal.II/grid/grid_tools.h>
#include <deal.II/lac/full_matrix.h>
#include <deal.II/numerics/cell_data_transfer.templates.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace lowland
{
using namespace dealii;

namespace
{
using Polynomial = std::vector<double>;

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

/// Carries polynomials between a cell and its children.
template <int dim>
class FamilyTransfer
{
public:
  using CellIterator = typename Triangulation<dim>::cell_iterator;

  FamilyTransfer(const DensitySpace<dim> &space, const Model &model) : n_(0)
  {
    const auto &element = space.finite_element();
    const auto &nodes = element.get_unit_support_points();
    const Quadrature<dim> &quadrature = space.quadrature();
    n_ = nodes.size();
    for (unsigned int c = 0; c < GeometryInfo<dim>::max_children_per_cell; ++c)
    {
      FullMatrix<double> matrix(n_, n_);
      for (unsigned int i = 0; i < n_; ++i)
        for (unsigned int j = 0; j < n_; ++j)
          matrix(i, j) =
              element.shape_value(j, GeometryInfo<dim>::child_to_cell_coordinates(nodes[i], c));
      prolongation_.push_back(matrix);
      // The child's points, seen from the parent: the child may be gone when it is needed.
      parts_.push_back(std::make_unique<CellModel<dim>>(
          space, model,
          QProjector<dim>::project_to_child(element.reference_cell(), quadrature, c)));
    }
    own_values_ = CellModel<dim>(space, model, quadrature).shape_values();
  }

  /// The same polynomial on each child.
  std::vector<Polynomial> to_children(const Polynomial &polynomial) const
  {
    std::vector<Polynomial> children;
    for (const FullMatrix<double> &matrix : prolongation_)
    {
      children.emplace_back(n_, 0.0);
      for (unsigned int i = 0; i < n_; ++i)
        for (unsigned int j = 0; j < n_; ++j)
          children.back()[i] += matrix(i, j) * polynomial[j];
    }
    return children;
  }

  /// The polynomial p that minimises the sum over the children of int w (p - u)^2.
  Polynomial to_parent(const CellIterator &parent, const std::vector<Polynomial> &children)
  {
    FullMatrix<double> gram(n_, n_);
    Vector<double> moments(n_), solution(n_), scale(n_);
    for (unsigned int c = 0; c < children.size(); ++c)
    {
      parts_[c]->reinit(parent);
      add_child(*parts_[c], children[c], gram, moments);
    }
    // Scaled like the form, because w may vary by many orders of magnitude.
    for (unsigned int i = 0; i < n_; ++i)
      scale(i) = 1 / std::sqrt(gram(i, i));
    for (unsigned int i = 0; i < n_; ++i)
      for (unsigned int j = 0; j < n_; ++j)
        gram(i, j) *= scale(i) * scale(j);
    moments.scale(scale);
    gram.gauss_jordan();
    gram.vmult(solution, moments);
    solution.scale(scale);
    return Polynomial(solution.begin(), solution.end());
  }

private:
  void add_child(const CellModel<dim> &part, const Polynomial &u, FullMatrix<double> &gram,
                 Vector<double> &moments) const
  {
    const std::size_t n_points = part.n_points();
    FullMatrix<double> phi(n_points, n_), weighted(n_points, n_);
    for (std::size_t q = 0; q < n_points; ++q)
    {
      double value = 0;
      for (unsigned int i = 0; i < n_; ++i)
        value += own_values_[q * n_ + i] * u[i];
      for (unsigned int j = 0; j < n_; ++j)
      {
        phi(q, j) = part.shape_values()[q * n_ + j];
        weighted(q, j) = part.weighted_measure[q] * phi(q, j);
        moments(j) += weighted(q, j) * value;
      }
    }
    phi.Tmmult(gram, weighted, true);
  }

  unsigned int n_;
  std::vector<FullMatrix<double>> prolongation_;       ///< by child
  std::vector<std::unique_ptr<CellModel<dim>>> parts_; ///< the parent at the child's points
  std::vector<double> own_values_;                     ///< shape functions at a cell's own points
};

/// In 1D every rank changes the whole mesh and needs all polynomials.
std::vector<Polynomial> gather(const Triangulation<1> &triangulation,
                               const std::vector<Polynomial> &owned, MPI_Comm communicator)
{
  std::map<unsigned int, Polynomial> mine;
  for (const auto &cell : triangulation.active_cell_iterators())
    if (cell->is_locally_owned())
      mine[cell->active_cell_index()] = owned[cell->active_cell_index()];
  std::vector<Polynomial> all(owned.size());
  for (const auto &part : Utilities::MPI::all_gather(communicator, mine))
    for (const auto &[index, polynomial] : part)
      all[index] = polynomial;
  return all;
}
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

template <int dim>
std::vector<Polynomial> change_mesh(Mesh<dim> &mesh, const DensitySpace<dim> &space,
                                    const Model &model, const std::vector<Polynomial> &polynomials)
{
  auto &triangulation = mesh.triangulation();
  FamilyTransfer<dim> family(space, model);
  using CellIterator = typename Triangulation<dim>::cell_iterator;
  const auto refine = [&](const CellIterator &, const Polynomial &polynomial) {
    return family.to_children(polynomial);
  };
  const auto coarsen = [&](const CellIterator &parent, const std::vector<Polynomial> &children) {
    return family.to_parent(parent, children);
  };
  triangulation.prepare_coarsening_and_refinement();
  std::vector<Polynomial> result;
  if constexpr (dim == 1)
  {
    const auto all = gather(triangulation, polynomials, mesh.communicator());
    CellDataTransfer<1, 1, std::vector<Polynomial>> transfer(triangulation, refine, coarsen);
    transfer.prepare_for_coarsening_and_refinement();
    triangulation.execute_coarsening_and_refinement();
    result.resize(triangulation.n_active_cells());
    transfer.unpack(all, result);
  }
  else
  {
    parallel::distributed::CellDataTransfer<dim, dim, std::vector<Polynomial>> transfer(
        dynamic_cast<parallel::distributed::Triangulation<dim> &>(triangulation), false, refine,
        coarsen);
    transfer.prepare_for_coarsening_and_refinement(polynomials);
    triangulation.execute_coarsening_and_refinement();
    result.resize(triangulation.n_active_cells());
    transfer.unpack(result);
  }
  return result;
}

#define INSTANTIATE(dim)                                                                           \
  template MarkedCells mark_cells(DensitySpace<dim> &, Mesh<dim> &, const CellErrors &,            \
                                  const WeightErrors &, double, const MarkingLimits &);            \
  template void keep_all_cells(Mesh<dim> &);                                                       \
  template void clear_marks(Mesh<dim> &);                                                          \
  template std::size_t refine_cells(DensitySpace<dim> &, Mesh<dim> &, const CellErrors &,          \
                                    const WeightErrors &, double, const MarkingLimits &);          \
  template std::vector<Polynomial> change_mesh(Mesh<dim> &, const DensitySpace<dim> &,             \
                                               const Model &, const std::vector<Polynomial> &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
