#include "tasks/escape/highest_pass.h"

#include "discretization/space/density_space.h"
#include "discretization/space/point_values.h"
#include "input/errors.h"
#include "tasks/problem/weight_choice.h"

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace lowland
{
namespace
{
/// The floor of the weight lies e^-40 below pi at the highest pass, and above the smallest number.
constexpr double below_pass = 40, representable = 640;

/// A loss below which some well and the walls that absorb are connected by a straight line.
template <int dim>
double loss_to_exit(const Problem<dim> &problem, const EscapePlan &plan)
{
  DensitySpace<dim> nodes(problem.mesh, DensitySpace<dim>::Element::continuous, 1, false);
  nodes.distribute();
  double lowest = std::numeric_limits<double>::max();
  for (const Coordinates &point : exit_points(nodes))
    for (const Well &well : plan.wells)
      lowest = std::min(lowest, connecting_loss(problem.model.landscape, {well.point, point}, {}));
  return dealii::Utilities::MPI::min(lowest, problem.mesh.communicator());
}

void require_representable(double depth)
{
  if (depth + below_pass > representable)
    throw SolverError("The rates are of the size of e^-" + format(depth) +
                      ", which is below what floating point holds. Raise the learning rate or the "
                      "intensity.");
}
} // namespace

template <int dim>
double highest_pass(const Problem<dim> &problem, const EscapePlan &plan,
                    const std::vector<Saddle> &saddles)
{
  const auto points = points_of(plan.wells);
  const bool only_minima = points.size() == problem.minima.size() &&
                           plan.numbers.back() == problem.minima.size(); // saddles number these
  double loss = connecting_loss(problem.model.landscape, points,
                                only_minima ? saddles : std::vector<Saddle>());
  if (problem.absorbs())
    loss = std::max(loss, loss_to_exit(problem, plan));
  const double pass = -problem.model.equilibrium->log_relative_density(loss);
  require_representable(pass);
  return pass;
}

template <int dim>
ReferenceWeight weight_below_pass(const Problem<dim> &problem, double highest_pass)
{
  const double share =
      dim > 1 ? shell_of(problem.model, problem.mesh.search_region()).log_share : 0;
  require_representable(highest_pass - share);
  return ReferenceWeight(std::exp(-highest_pass - below_pass + share));
}

#define INSTANTIATE(dim)                                                                           \
  template double highest_pass(const Problem<dim> &, const EscapePlan &,                           \
                               const std::vector<Saddle> &);                                       \
  template ReferenceWeight weight_below_pass(const Problem<dim> &, double);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
