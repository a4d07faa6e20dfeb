// Integrals over the domain on the current mesh.
#pragma once

#include "discretization/form/cell_model.h"

#include <functional>

namespace lowland
{
/// int g dmu, g given at the quadrature points q of each cell. Collective.
template <int dim>
double integrate(const DensitySpace<dim> &space, const Model &model,
                 const std::function<double(const CellModel<dim> &cell, std::size_t q)> &g);

/// int pi/max(pi) dmu: pi = exp(-(V - V_min)) / Z. NaN without a bounded equilibrium. Collective.
template <int dim>
double invariant_normalisation(const DensitySpace<dim> &space, const Model &model);

/// The same where the process tends to pi: NaN where walls absorb. Collective.
template <int dim>
double limit_normalisation(const DensitySpace<dim> &space, const Model &model);
} // namespace lowland
