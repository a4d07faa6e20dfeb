// Which elements suit a problem: continuous or discontinuous, and of which degree.
#pragma once

#include "discretization/space/density_space.h"
#include "model/initial_density.h"

namespace lowland
{
struct ElementChoice
{
  bool discontinuous;
  unsigned int degree;
};

/// From `Element` and `Degree`; `auto` is decided by the reference weight, which `model` must have by now, the learning
/// rate schedule, what the start asks for and the L1 error of the density.
ElementChoice choose_element(const Parameters &parameters, const Model &model,
                             const InitialDensity &start, double tolerance);

/// The degree of the elements, or the least that is chosen.
unsigned int least_degree(const Parameters &parameters, unsigned int dimension);

/// Whether continuous elements are to be taken instead of those of `space` for an invariant density that no weight
/// carries: unless the file asks for others, noise hardly reaches some direction, or the mesh in space is fixed. Such a
/// density is smooth and needs no upwinding; in the plane, one accuracy cost a quarter as much as with discontinuous
/// elements, whose penalty also hides smaller gaps in round-off. Collective.
template <int dim>
bool continuous_suits_invariant_density(const Parameters &parameters,
                                        const DensitySpace<dim> &space, const Model &model);
} // namespace lowland
