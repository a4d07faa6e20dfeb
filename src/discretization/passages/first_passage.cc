#include "discretization/passages/first_passage.h"

#include "discretization/algebra/linear_solver.h"
#include "discretization/passages/process_form.h"

#include <deal.II/dofs/dof_accessor.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/lac/affine_constraints.h>
#include <deal.II/lac/dynamic_sparsity_pattern.h>
#include <deal.II/lac/petsc_sparse_matrix.h>
#include <deal.II/lac/petsc_vector.h>

#include <cmath>

namespace lowland
{
using namespace dealii;

namespace
{
/// S = |diag(a)|^(-1/2). Where a coarse cell sees more drift than noise, the diagonal may be negative, or zero.
template <int dim>
PETScVector scaling_to_unit_diagonal(const DensitySpace<dim> &space, const PETScMatrix &matrix)
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
FirstPassage<dim>::FirstPassage(const DensitySpace<dim> &space, const Model &model,
                                const std::vector<Well> &wells, const std::vector<Pin> &pins,
                                Exits exits, const SolverSettings &settings, Process process)
    : space_(space), model_(model), sets_(space, wells, pins, exits)
{
  solve(settings, process);
}

template <int dim>
FirstPassage<dim>::~FirstPassage() = default;

template <int dim>
void FirstPassage<dim>::solve(const SolverSettings &settings, Process process)
{
  const AffineConstraints<double> &constraints = sets_.constraints();
  DynamicSparsityPattern pattern(space_.locally_relevant());
  DoFTools::make_sparsity_pattern(space_.dof_handler(), pattern, constraints, false);
  matrix_ = space_.matrix(pattern);
  std::vector<PETScVector> right_hand_sides(sets_.size() + 1, space_.vector());

  ProcessForm<dim> form(space_, model_, process);
  Vector<double> load;
  for (const auto &cell : space_.dof_handler().active_cell_iterators())
    if (cell->is_locally_owned())
    {
      form.reinit(cell);
      constraints.distribute_local_to_global(form.matrix, form.indices, *matrix_);
      form.integrals(load);
      constraints.distribute_local_to_global(load, form.indices, right_hand_sides.back());
      for (std::size_t i = 0; i < sets_.size(); ++i)
      {
        const Vector<double> fixed = form.local_values(sets_.indicator(i));
        if (fixed.all_zero())
          continue;
        form.matrix.vmult(load, fixed);
        load *= -1;
        constraints.distribute_local_to_global(load, form.indices, right_hand_sides[i]);
      }
    }
  matrix_->compress(VectorOperation::add);
  scale_ = std::make_unique<PETScVector>(scaling_to_unit_diagonal(space_, *matrix_));
  check_petsc(MatDiagonalScale(*matrix_, *scale_, *scale_), "scaling a matrix");
  solver_ = std::make_unique<LinearSolver>(*matrix_, settings, process == Process::reversible,
                                           "committor_");
  for (std::size_t i = 0; i < sets_.size(); ++i)
    functions_.push_back(std::make_unique<PETScVector>(
        extension(sets_.indicator(i), right_hand_sides[i], Side::adjoint)));
  passage_time_ = std::make_unique<PETScVector>(free_part(right_hand_sides.back(), Side::adjoint));
}

/// The solution that is zero on the sets.
template <int dim>
PETScVector FirstPassage<dim>::free_part(PETScVector &right_hand_side, Side side) const
{
  right_hand_side.compress(VectorOperation::add);
  right_hand_side.scale(*scale_);
  PETScVector v = space_.vector();
  if (side == Side::adjoint)
    solver_->solve(v, right_hand_side);
  else
    solver_->solve_transposed(v, right_hand_side);
  v.scale(*scale_);
  sets_.constraints().distribute(v);
  return v;
}

template <int dim>
PETScVector FirstPassage<dim>::extension(const PETScVector &fixed, PETScVector &right_hand_side,
                                         Side side) const
{
  PETScVector owned = space_.vector();
  owned = fixed;
  owned += free_part(right_hand_side, side);
  return owned;
}

template <int dim>
void FirstPassage<dim>::drop_factors()
{
  solver_.reset();
  matrix_.reset();
}

template class FirstPassage<1>;
template class FirstPassage<2>;
template class FirstPassage<3>;
} // namespace lowland
