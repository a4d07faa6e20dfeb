#include "discretization/harmonic_functions.h"

#include "discretization/dealii_points.h"
#include "discretization/linear_solver.h"
#include "input/errors.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/quadrature.h>
#include <deal.II/dofs/dof_accessor.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/fe/fe.h>
#include <deal.II/fe/fe_values.h>
#include <deal.II/lac/affine_constraints.h>
#include <deal.II/lac/dynamic_sparsity_pattern.h>
#include <deal.II/lac/full_matrix.h>
#include <deal.II/lac/petsc_sparse_matrix.h>
#include <deal.II/lac/petsc_vector.h>
#include <deal.II/lac/sparsity_tools.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

namespace lowland
{
using namespace dealii;

namespace
{
using Index = types::global_dof_index;
using Nodes = std::map<Index, Coordinates>;

/// The points of all unknowns that this rank knows and that no constraint binds.
template <int dim>
Nodes unconstrained_nodes(const DensitySpace<dim> &space)
{
  std::map<Index, Point<dim>> points;
  DoFTools::map_dofs_to_support_points(space.mesh().mapping(), space.dof_handler(), points);
  Nodes nodes;
  for (const auto &[index, point] : points)
    if (space.locally_relevant().is_element(index) && !space.constraints().is_constrained(index))
      nodes[index] = to_coordinates(point);
  return nodes;
}

/// The node of all ranks nearest to a point. Of nodes equally near, one that no number of ranks changes.
struct NearestNode
{
  std::array<double, 4> key; ///< distance, then coordinates
  Index index = numbers::invalid_dof_index;
};

NearestNode nearest_node(const Nodes &nodes, const Coordinates &point, MPI_Comm communicator)
{
  NearestNode nearest;
  nearest.key.fill(std::numeric_limits<double>::max());
  for (const auto &[index, x] : nodes)
  {
    const double distance = norm(along(x, -1, point));
    const std::array<double, 4> key{{distance, x[0], x[1], x[2]}};
    const double same = 1e-12 * (distance + 1e-6 * norm(point));
    if (distance < nearest.key[0] - same ||
        (distance <= nearest.key[0] + same && key < nearest.key))
      nearest = {key, index};
  }
  for (const auto &[key, index] :
       Utilities::MPI::all_gather(communicator, std::make_pair(nearest.key, nearest.index)))
    if (key < nearest.key)
      nearest = {key, index};
  return nearest;
}

/// The integrals a(phi_i, phi_j) over one cell; in detailed balance without the drift that the floor of w leaves
/// over, int w grad phi_i . D grad phi_j.
template <int dim>
class CellForm
{
public:
  CellForm(const DensitySpace<dim> &space, const Model &model, Process process)
      : process(process), cell(space, model, space.quadrature(), Derivatives::gradient, true),
        n(space.finite_element().n_dofs_per_cell()), matrix(n, n), indices(n),
        gradients_(dim * space.quadrature().size(), n), fluxes_(dim * space.quadrature().size(), n)
  {
  }

  template <typename Cell>
  void reinit(const Cell &iterator)
  {
    cell.reinit(iterator);
    iterator->get_dof_indices(indices);
    for (unsigned int q = 0; q < cell.n_points(); ++q)
      for (unsigned int i = 0; i < n; ++i)
      {
        const Tensor<1, dim> gradient = cell.fe().shape_grad(i, q);
        for (unsigned int a = 0; a < dim; ++a)
        {
          double flux = process == Process::general
                            ? cell.values.drift[a][q] * cell.shape_values()[q * n + i]
                            : 0;
          for (unsigned int b = 0; b < dim; ++b)
            flux += cell.values.diffusion.tensor[packed(a, b)][q] * gradient[b];
          gradients_(q * dim + a, i) = gradient[a];
          fluxes_(q * dim + a, i) = cell.weighted_measure[q] * flux;
        }
      }
    fluxes_.Tmmult(matrix, gradients_);
  }

  /// The density of the measure of time: pi relative to its maximum; w in general.
  double density(std::size_t q) const
  {
    return process == Process::general ? cell.values.weight[q]
                                       : std::exp(cell.values.log_relative_pi[q]);
  }

  const Process process;
  CellModel<dim> cell;
  const unsigned int n;
  FullMatrix<double> matrix;
  std::vector<Index> indices;

private:
  FullMatrix<double> gradients_, fluxes_;
};

Vector<double> local_values(const PETScVector &ghosted, const std::vector<Index> &indices)
{
  Vector<double> values(indices.size());
  ghosted.extract_subvector_to(indices.begin(), indices.end(), values.begin());
  return values;
}

/// Calls use(values) on each of this rank's cells on which the ghosted function is not zero, with its local values and
/// `form` at the cell.
template <int dim, typename Use>
void for_cells_of(const PETScVector &function, const DensitySpace<dim> &space, CellForm<dim> &form,
                  const Use &use)
{
  for (const auto &cell : space.dof_handler().active_cell_iterators())
    if (cell->is_locally_owned())
    {
      cell->get_dof_indices(form.indices);
      const Vector<double> values = local_values(function, form.indices);
      if (values.all_zero())
        continue;
      form.reinit(cell);
      use(values);
    }
}

/// S = |diag(a)|^(-1/2). Where a coarse cell sees more drift than noise, the diagonal may be negative, or zero.
template <int dim>
PETScVector scaling(const DensitySpace<dim> &space, const PETScMatrix &matrix)
{
  PETScVector scale = space.vector();
  for (const auto i : space.locally_owned())
    if (const double size = std::abs(matrix.diag_element(i)); size > 0)
      scale(i) = 1 / std::sqrt(size);
    else
      scale(i) = 1;
  scale.compress(VectorOperation::insert);
  return scale;
}
} // namespace

template <int dim>
HarmonicFunctions<dim>::HarmonicFunctions(const DensitySpace<dim> &space, const Model &model,
                                          const std::vector<Well> &wells,
                                          const std::vector<Pin> &pins,
                                          const SolverSettings &settings, Process process,
                                          Exits exits)
    : space_(space), model_(model), process_(process),
      constraints_(std::make_unique<AffineConstraints<double>>())
{
  find_pinned(wells, pins, exits);
  solve(settings);
  measure();
}

template <int dim>
HarmonicFunctions<dim>::~HarmonicFunctions() = default;

template <int dim>
void HarmonicFunctions<dim>::find_pinned(const std::vector<Well> &wells,
                                         const std::vector<Pin> &pins, Exits exits)
{
  Nodes nodes = unconstrained_nodes(space_);
  for (const IndexSet &exit : space_.exits())
    for (const Index index : exit)
      nodes.erase(index);
  AffineConstraints<double> pinned(space_.locally_relevant());
  for (std::size_t i = 0; i < wells.size(); ++i)
  {
    const NearestNode nearest = nearest_node(
        nodes, pins[i] == Pin::set ? wells[i].point : wells[i].anchor, space_.communicator());
    PETScVector lift = space_.vector();
    for (const auto &[index, point] : nodes)
      if (index == nearest.index || (pins[i] == Pin::set && wells[i].contains(point)))
      {
        pinned.add_line(index);
        if (space_.locally_owned().is_element(index))
          lift(index) = 1;
      }
    lift.compress(VectorOperation::insert);
    lifts_.push_back(std::make_unique<PETScVector>(space_.ghosted(lift)));
  }
  pin_exits(exits, pinned);
  pinned.close();
  constraints_->reinit(space_.locally_relevant());
  constraints_->merge(space_.constraints());
  constraints_->merge(pinned);
  constraints_->close();
}

template <int dim>
void HarmonicFunctions<dim>::pin_exits(Exits exits, AffineConstraints<double> &pinned)
{
  const std::size_t n = space_.exits().size();
  std::vector<PETScVector> lifts(exits == Exits::together ? std::min<std::size_t>(n, 1) : n,
                                 space_.vector());
  for (std::size_t part = 0; part < n; ++part)
    for (const Index index : space_.exits()[part])
      if (!space_.constraints().is_constrained(index))
      {
        pinned.add_line(index);
        if (space_.locally_owned().is_element(index))
          lifts[exits == Exits::together ? 0 : part](index) = 1;
      }
  for (PETScVector &lift : lifts)
  {
    lift.compress(VectorOperation::insert);
    lifts_.push_back(std::make_unique<PETScVector>(space_.ghosted(lift)));
  }
}

template <int dim>
void HarmonicFunctions<dim>::solve(const SolverSettings &settings)
{
  DynamicSparsityPattern pattern(space_.locally_relevant());
  DoFTools::make_sparsity_pattern(space_.dof_handler(), pattern, *constraints_, false);
  SparsityTools::distribute_sparsity_pattern(pattern, space_.locally_owned(), space_.communicator(),
                                             space_.locally_relevant());
  matrix_ = std::make_unique<PETScMatrix>();
  matrix_->reinit(space_.locally_owned(), space_.locally_owned(), pattern, space_.communicator());
  std::vector<PETScVector> right_hand_sides(lifts_.size() + 1, space_.vector());

  CellForm<dim> form(space_, model_, process_);
  Vector<double> load(form.n);
  for (const auto &cell : space_.dof_handler().active_cell_iterators())
    if (cell->is_locally_owned())
    {
      form.reinit(cell);
      constraints_->distribute_local_to_global(form.matrix, form.indices, *matrix_);
      load = 0;
      for (std::size_t q = 0; q < form.cell.n_points(); ++q)
        for (unsigned int i = 0; i < form.n; ++i)
          load(i) +=
              form.cell.measure[q] * form.density(q) * form.cell.shape_values()[q * form.n + i];
      constraints_->distribute_local_to_global(load, form.indices, right_hand_sides.back());
      for (std::size_t i = 0; i < lifts_.size(); ++i)
      {
        Vector<double> lift = local_values(*lifts_[i], form.indices);
        if (lift.all_zero())
          continue;
        form.matrix.vmult(load, lift);
        load *= -1;
        constraints_->distribute_local_to_global(load, form.indices, right_hand_sides[i]);
      }
    }
  matrix_->compress(VectorOperation::add);
  scale_ = std::make_unique<PETScVector>(scaling(space_, *matrix_));
  AssertThrow(MatDiagonalScale(*matrix_, *scale_, *scale_) == 0, ExcInternalError());
  const bool reversible = process_ == Process::reversible;
  solver_ = std::make_unique<LinearSolver>(*matrix_, settings, reversible, "committor_");
  for (std::size_t i = 0; i < lifts_.size(); ++i)
  {
    functions_.push_back(
        std::make_unique<PETScVector>(free_part(right_hand_sides[i], Side::adjoint)));
    PETScVector lift = space_.vector();
    lift = *lifts_[i];
    *functions_[i] += lift;
  }
  passage_time_ = std::make_unique<PETScVector>(free_part(right_hand_sides.back(), Side::adjoint));
  if (reversible)
  {
    solver_.reset();
    matrix_.reset();
  }
}

/// The solution that is zero at the pins.
template <int dim>
PETScVector HarmonicFunctions<dim>::free_part(PETScVector &right_hand_side, Side side) const
{
  right_hand_side.compress(VectorOperation::add);
  right_hand_side.scale(*scale_);
  PETScVector v = space_.vector();
  if (side == Side::adjoint)
    solver_->solve(v, right_hand_side);
  else
    solver_->solve_transposed(v, right_hand_side);
  v.scale(*scale_);
  constraints_->distribute(v);
  return v;
}

template <int dim>
PETScVector HarmonicFunctions<dim>::last_in(std::size_t i, const PETScVector &u) const
{
  const PETScVector on_set = restricted(u, i);
  PETScVector right_hand_side = space_.vector();
  CellForm<dim> form(space_, model_, process_);
  Vector<double> load(form.n);
  for_cells_of(on_set, space_, form, [&](const Vector<double> &fixed) {
    form.matrix.Tvmult(load, fixed);
    load *= -1;
    constraints_->distribute_local_to_global(load, form.indices, right_hand_side);
  });
  PETScVector result = free_part(right_hand_side, Side::forward), fixed = space_.vector();
  fixed = on_set;
  result += fixed;
  return result;
}

/// u on set i, 0 at all other nodes, with its ghosts.
template <int dim>
PETScVector HarmonicFunctions<dim>::restricted(const PETScVector &u, std::size_t i) const
{
  PETScVector on_set = space_.vector();
  on_set = *lifts_[i];
  on_set.scale(u);
  return space_.ghosted(on_set);
}

template <int dim>
void HarmonicFunctions<dim>::measure()
{
  const std::size_t n_sets = size();
  std::vector<PETScVector> functions;
  for (const auto &function : functions_)
    functions.push_back(space_.ghosted(*function));
  std::vector<double> fluxes(n_sets * n_sets), masses(n_sets), values;
  CellForm<dim> form(space_, model_, process_);
  Vector<double> flux(form.n);
  for (const auto &cell : space_.dof_handler().active_cell_iterators())
    if (cell->is_locally_owned())
    {
      form.reinit(cell);
      std::vector<Vector<double>> h, lift;
      for (std::size_t i = 0; i < n_sets; ++i)
      {
        h.push_back(local_values(functions[i], form.indices));
        lift.push_back(local_values(*lifts_[i], form.indices));
        form.cell.evaluate(std::vector<double>(h[i].begin(), h[i].end()), values);
        for (std::size_t q = 0; q < values.size(); ++q)
          masses[i] += form.cell.measure[q] * form.density(q) * values[q];
      }
      for (std::size_t j = 0; j < n_sets; ++j)
        for (std::size_t i = 0; i < n_sets && !lift[j].all_zero(); ++i)
        {
          form.matrix.vmult(flux, h[i]);
          fluxes[i * n_sets + j] -= lift[j] * flux;
        }
    }
  Utilities::MPI::sum(fluxes, space_.communicator(), fluxes);
  masses_.resize(n_sets);
  Utilities::MPI::sum(masses, space_.communicator(), masses_);
  for (std::size_t i = 0; i < n_sets; ++i)
    fluxes_.emplace_back(fluxes.begin() + i * n_sets, fluxes.begin() + (i + 1) * n_sets);
}

template <int dim>
double HarmonicFunctions<dim>::flux(const PETScVector &u, std::size_t i, const PETScVector &h) const
{
  const PETScVector on_set = restricted(u, i), function = space_.ghosted(h);
  CellForm<dim> form(space_, model_, process_);
  Vector<double> residual(form.n);
  double sum = 0;
  for_cells_of(on_set, space_, form, [&](const Vector<double> &density) {
    form.matrix.vmult(residual, local_values(function, form.indices));
    sum -= density * residual;
  });
  return Utilities::MPI::sum(sum, space_.communicator());
}

template <int dim>
double HarmonicFunctions<dim>::mass(const PETScVector &u, std::size_t i) const
{
  const PETScVector on_set = restricted(u, i);
  CellForm<dim> form(space_, model_, process_);
  double sum = 0;
  std::vector<double> values;
  for_cells_of(on_set, space_, form, [&](const Vector<double> &density) {
    form.cell.evaluate(std::vector<double>(density.begin(), density.end()), values);
    for (std::size_t q = 0; q < values.size(); ++q)
      sum += form.cell.weighted_measure[q] * values[q];
  });
  return Utilities::MPI::sum(sum, space_.communicator());
}

template <int dim>
WellChain HarmonicFunctions<dim>::chain() const
{
  WellChain::Matrix conductances = fluxes_;
  for (std::size_t i = 0; i < size(); ++i)
    for (std::size_t j = 0; j < size(); ++j)
      conductances[i][j] = std::max(0.0, (fluxes_[i][j] + fluxes_[j][i]) / 2);
  return WellChain(conductances, masses_);
}

template <int dim>
double HarmonicFunctions<dim>::doubt(std::size_t i, std::size_t j) const
{
  const double there = fluxes_[i][j], back = fluxes_[j][i];
  return std::max({std::abs(there - back), -there, -back});
}

template <int dim>
double HarmonicFunctions<dim>::asymmetry() const
{
  const WellChain all = chain();
  double largest = 0;
  for (std::size_t i = 0; i < size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      largest = std::max(largest, std::abs(fluxes_[i][j] - fluxes_[j][i]) / all.capacity(i, j));
  return largest;
}

template class HarmonicFunctions<1>;
template class HarmonicFunctions<2>;
template class HarmonicFunctions<3>;
} // namespace lowland
