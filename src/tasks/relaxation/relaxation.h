// The slowest modes of a problem, on meshes that are refined until they are accurate.
#pragma once

#include "tasks/relaxation/spectrum_estimate.h"

namespace lowland
{
/// How many modes, and how well: the L1 error of the invariant density, and the relative change of every eigenvalue
/// between the last two meshes; infinity asks for nothing. By the higher degree: both must also change by no more from
/// this degree to the next, but in three dimensions, see SpectrumEstimate::compare_with_higher_degree().
struct RelaxationGoal
{
  unsigned int number;
  double density_error;
  double eigenvalue_error;
  bool by_higher_degree = true;
};

/// Solves for the modes closest to zero; where those are not accurate, refines the mesh of `problem` and solves again.
/// Throws SolverError. Collective.
template <int dim>
SpectrumEstimate<dim> relax(Problem<dim> &problem, const RelaxationGoal &goal);

/// To the invariant density, or where walls absorb to the quasi-stationary one, with the problem's tolerance
/// for it and for the weights of wells. May change the problem's elements. Throws SolverError. Collective.
template <int dim>
SpectrumEstimate<dim> relax_to_invariant_density(Problem<dim> &problem);
} // namespace lowland
