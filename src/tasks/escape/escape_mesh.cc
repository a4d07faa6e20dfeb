#include "tasks/escape/escape_mesh.h"

#include <cmath>

namespace lowland
{
template <int dim>
std::unique_ptr<DensitySpace<dim>> escape_space(const Mesh<dim> &mesh, unsigned int degree)
{
  return std::make_unique<DensitySpace<dim>>(mesh, DensitySpace<dim>::Element::continuous, degree,
                                             false);
}

template <int dim>
void take_escape_space(Problem<dim> &problem)
{
  problem.space = escape_space(problem.mesh, problem.space->degree());
  problem.log.entry("elements", "continuous, degree " + std::to_string(problem.space->degree()));
}

double cell_size_in(const Well &well)
{
  return 0.5 * std::sqrt(well.temperature / std::abs(well.loss.curvatures[well.dimension - 1]));
}

#define INSTANTIATE(dim)                                                                           \
  template std::unique_ptr<DensitySpace<dim>> escape_space(const Mesh<dim> &, unsigned int);       \
  template void take_escape_space(Problem<dim> &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
