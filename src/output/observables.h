// What is measured of the density at each recorded time.
#pragma once

#include "discretization/space/density_space.h"
#include "model/model.h"
#include "output/named_functions.h"
#include "output/record.h"

#include <vector>

namespace lowland
{
/// Measures the density rho = w u on the current mesh: mass, minimum over quadrature points and nodes,
/// `negative_mass`, int max(-rho, 0), moments, expected loss, entropy -int rho log rho, mass in the cells at
/// the walls, the distances to the invariant density
///   L1 = int |rho - pi|,  KL = int rho log(rho/pi) - rho + pi (over rho > 0),  chi2 = int (rho - pi)^2/pi,
/// E |grad f|^2, and `loss_balance`, the right-hand side of
///   d/dt E f = -E |grad f|^2 + E Tr(D Hess f) - oint rho n.D grad f,
/// which follows from the equation by two integrations by parts.
///
/// Where walls absorb, means and entropy are those of what is left, rho / int rho, and `loss_balance` is absent.
/// `mass_beyond_walls` estimates what the walls keep in: without flux rho falls across a wall with outer
/// normal n like exp(-s/l), l = n.Dn / n.b (at most the width of the domain; that where the drift points
/// outwards), so a density that went on like this would have oint rho l outside.
/// `normalisation`: int pi/max(pi), NaN without equilibrium. chi2 is NaN where its integrand is
/// dominated by places at which pi is below what the discretization resolves.
template <int dim>
Record measure_density(const DensitySpace<dim> &space, const Model &model, const PETScVector &u,
                       double normalisation, const std::vector<NamedFunction> &functions);
} // namespace lowland
