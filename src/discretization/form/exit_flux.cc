#include "discretization/form/exit_flux.h"

#include "discretization/algebra/linear_solver.h"

#include <deal.II/lac/petsc_sparse_matrix.h>
#include <deal.II/lac/petsc_vector.h>

namespace lowland
{
template <int dim>
ExitFlux<dim>::ExitFlux(const FokkerPlanckForm<dim> &form) : form_(form)
{
  LinearSolver &mass = form.mass_solver();
  PETScVector one = form.space().vector();
  mass.solve(one, form.mass_functional());
  for (const PETScMatrix *matrix : {&form.stiffness(), form.noise_removal()})
    if (matrix)
    {
      rates_.push_back(form.space().vector());
      matrix->Tvmult(rates_.back(), one);
      changes_.push_back(form.space().vector());
      mass.solve(changes_.back(), rates_.back());
    }
}

template <int dim>
ExitFlux<dim>::~ExitFlux() = default;

template <int dim>
double ExitFlux<dim>::rate(const PETScVector &v, double removed) const
{
  return rates_[0] * v + (rates_.size() > 1 ? removed * (rates_[1] * v) : 0);
}

template <int dim>
double ExitFlux<dim>::change(const PETScVector &v, double removed, double removed_rate) const
{
  PETScVector decay(v);
  form_.stiffness().vmult(decay, v);
  if (rates_.size() == 1)
    return -(changes_[0] * decay);
  PETScVector gain(v);
  form_.noise_removal()->vmult(gain, v);
  decay.add(removed, gain);
  return -(changes_[0] * decay) - removed * (changes_[1] * decay) + removed_rate * (rates_[1] * v);
}

template class ExitFlux<1>;
template class ExitFlux<2>;
template class ExitFlux<3>;
} // namespace lowland
