#include "discretization/passages/harmonic_functions.h"

#include "discretization/passages/process_form.h"

#include <deal.II/base/mpi.h>
#include <deal.II/dofs/dof_accessor.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <cmath>

namespace lowland
{
using namespace dealii;

template <int dim>
HarmonicFunctions<dim>::HarmonicFunctions(const DensitySpace<dim> &space, const Model &model,
                                          const std::vector<Well> &wells,
                                          const std::vector<Pin> &pins,
                                          const SolverSettings &settings, Exits exits)
    : FirstPassage<dim>(space, model, wells, pins, exits, settings, Process::reversible)
{
  this->drop_factors();
  measure();
}

template <int dim>
void HarmonicFunctions<dim>::measure()
{
  const DensitySpace<dim> &space = this->space_;
  const std::size_t n_sets = this->size();
  std::vector<PETScVector> functions;
  for (std::size_t i = 0; i < n_sets; ++i)
    functions.push_back(space.ghosted((*this)[i]));
  std::vector<double> fluxes(n_sets * n_sets), masses(n_sets);
  ProcessForm<dim> form(space, this->model_, Process::reversible);
  Vector<double> flux(form.indices.size());
  for (const auto &cell : space.dof_handler().active_cell_iterators())
    if (cell->is_locally_owned())
    {
      form.reinit(cell);
      std::vector<Vector<double>> h;
      for (std::size_t i = 0; i < n_sets; ++i)
      {
        h.push_back(form.local_values(functions[i]));
        masses[i] += form.integral(h[i]);
      }
      for (std::size_t j = 0; j < n_sets; ++j)
      {
        const Vector<double> on_set = form.local_values(this->sets_.indicator(j));
        for (std::size_t i = 0; i < n_sets && !on_set.all_zero(); ++i)
        {
          form.matrix.vmult(flux, h[i]);
          fluxes[i * n_sets + j] -= on_set * flux;
        }
      }
    }
  Utilities::MPI::sum(fluxes, space.communicator(), fluxes);
  masses_.resize(n_sets);
  Utilities::MPI::sum(masses, space.communicator(), masses_);
  for (std::size_t i = 0; i < n_sets; ++i)
    fluxes_.emplace_back(fluxes.begin() + i * n_sets, fluxes.begin() + (i + 1) * n_sets);
}

template <int dim>
WellChain HarmonicFunctions<dim>::chain() const
{
  WellChain::Matrix conductances = fluxes_;
  for (std::size_t i = 0; i < fluxes_.size(); ++i)
    for (std::size_t j = 0; j < fluxes_.size(); ++j)
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
  for (std::size_t i = 0; i < fluxes_.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      largest = std::max(largest, std::abs(fluxes_[i][j] - fluxes_[j][i]) / all.capacity(i, j));
  return largest;
}

template class HarmonicFunctions<1>;
template class HarmonicFunctions<2>;
template class HarmonicFunctions<3>;
} // namespace lowland
