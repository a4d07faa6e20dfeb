// The integrals over one cell of the equations of first passages. For .cc files: it needs deal.II's matrices.
#pragma once

#include "discretization/form/cell_model.h"

#include <deal.II/lac/full_matrix.h>
#include <deal.II/lac/vector.h>

#include <vector>

namespace lowland
{
/// Whose first passages: in detailed balance those of div(w D grad .), in general those of the adjoint of the form.
enum class Process
{
  reversible,
  general
};

/// The integrals a(phi_i, phi_j) over one cell; in detailed balance without the drift that the floor of w leaves
/// over, int w grad phi_i . D grad phi_j.
template <int dim>
class ProcessForm
{
public:
  ProcessForm(const DensitySpace<dim> &space, const Model &model, Process process);

  /// `iterator` is an active cell iterator of the space.
  template <typename Cell>
  void reinit(const Cell &iterator);

  /// The values of a function, given with its ghosts, at the cell's unknowns.
  dealii::Vector<double> local_values(const PETScVector &ghosted) const;
  /// int over the cell of the function with these values, times the density of the invariant measure: pi relative to
  /// its maximum; w in general.
  double integral(const dealii::Vector<double> &function) const;
  /// The same of each shape function.
  void integrals(dealii::Vector<double> &result) const;

  std::vector<dealii::types::global_dof_index> indices; ///< of the cell's unknowns
  dealii::FullMatrix<double> matrix;

private:
  double density(std::size_t q) const;

  const Process process_;
  CellModel<dim> cell_;
  dealii::FullMatrix<double> gradients_, fluxes_;
};
} // namespace lowland
