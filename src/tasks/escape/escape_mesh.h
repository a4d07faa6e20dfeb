// The elements that questions of escape are answered with, and how small cells must be in wells.
#pragma once

#include "model/escape/wells.h"
#include "tasks/problem/problem.h"

#include <memory>

namespace lowland
{
/// Continuous elements of this degree, to be numbered by distribute(): cells that resolve wells need no upwinding, and
/// sets are made of nodes. No walls are imposed, because those that absorb are sets, too.
template <int dim>
std::unique_ptr<DensitySpace<dim>> escape_space(const Mesh<dim> &mesh, unsigned int degree);

/// Takes these elements for the problem, of the degree that it has, likewise.
template <int dim>
void take_escape_space(Problem<dim> &problem);

/// Half of the width of pi across the well, sqrt(T_a / its largest curvature): the size of cells there.
double cell_size_in(const Well &well);
} // namespace lowland
