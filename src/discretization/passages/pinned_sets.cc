#include "discretization/passages/pinned_sets.h"

#include "discretization/mesh/dealii_points.h"

#include <deal.II/base/mpi.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/lac/affine_constraints.h>
#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>

namespace lowland
{
using namespace dealii;

namespace
{
using Index = types::global_dof_index;
using Nodes = std::map<Index, Coordinates>;

/// The points of all unknowns that this rank knows and that neither a constraint binds nor a wall absorbs.
template <int dim>
Nodes free_nodes(const DensitySpace<dim> &space)
{
  std::map<Index, Point<dim>> points;
  DoFTools::map_dofs_to_support_points(space.mesh().mapping(), space.dof_handler(), points);
  Nodes nodes;
  for (const auto &[index, point] : points)
    if (space.locally_relevant().is_element(index) && !space.constraints().is_constrained(index))
      nodes[index] = to_coordinates(point);
  for (const IndexSet &exit : space.exits())
    for (const Index index : exit)
      nodes.erase(index);
  return nodes;
}

/// The node of all ranks nearest to a point. Of nodes equally near, one that no number of ranks changes.
struct NearestNode
{
  std::array<double, 4> key; ///< distance, then coordinates
  Index index = numbers::invalid_dof_index;
};

NearestNode nearest_node(const Nodes &nodes, const Coordinates &point, MPI_Comm communicator)
{
  NearestNode nearest;
  nearest.key.fill(std::numeric_limits<double>::max());
  for (const auto &[index, x] : nodes)
  {
    const double distance = norm(along(x, -1, point));
    const std::array<double, 4> key{{distance, x[0], x[1], x[2]}};
    const double same = 1e-12 * (distance + 1e-6 * norm(point));
    if (distance < nearest.key[0] - same ||
        (distance <= nearest.key[0] + same && key < nearest.key))
      nearest = {key, index};
  }
  for (const auto &[key, index] :
       Utilities::MPI::all_gather(communicator, std::make_pair(nearest.key, nearest.index)))
    if (key < nearest.key)
      nearest = {key, index};
  return nearest;
}
} // namespace

template <int dim>
PinnedSets<dim>::PinnedSets(const DensitySpace<dim> &space, const std::vector<Well> &wells,
                            const std::vector<Pin> &pins, Exits exits)
    : space_(space),
      constraints_(std::make_unique<AffineConstraints<double>>(space.locally_relevant()))
{
  AffineConstraints<double> pinned(space.locally_relevant());
  pin_wells(wells, pins, pinned);
  pin_exits(exits, pinned);
  pinned.close();
  constraints_->merge(space.constraints());
  constraints_->merge(pinned);
  constraints_->close();
}

template <int dim>
PinnedSets<dim>::~PinnedSets() = default;

template <int dim>
void PinnedSets<dim>::pin_wells(const std::vector<Well> &wells, const std::vector<Pin> &pins,
                                AffineConstraints<double> &pinned)
{
  const Nodes nodes = free_nodes(space_);
  for (std::size_t i = 0; i < wells.size(); ++i)
  {
    const NearestNode nearest = nearest_node(
        nodes, pins[i] == Pin::set ? wells[i].point : wells[i].anchor, space_.communicator());
    PETScVector indicator = space_.vector();
    for (const auto &[index, point] : nodes)
      if (index == nearest.index || (pins[i] == Pin::set && wells[i].contains(point)))
      {
        pinned.add_line(index);
        if (space_.locally_owned().is_element(index))
          indicator(index) = 1;
      }
    add(indicator);
  }
}

template <int dim>
void PinnedSets<dim>::pin_exits(Exits exits, AffineConstraints<double> &pinned)
{
  const std::size_t n = space_.exits().size();
  std::vector<PETScVector> indicators(exits == Exits::together ? std::min<std::size_t>(n, 1) : n,
                                      space_.vector());
  for (std::size_t part = 0; part < n; ++part)
    for (const Index index : space_.exits()[part])
      if (!space_.constraints().is_constrained(index))
      {
        pinned.add_line(index);
        if (space_.locally_owned().is_element(index))
          indicators[exits == Exits::together ? 0 : part](index) = 1;
      }
  for (PETScVector &indicator : indicators)
    add(indicator);
}

template <int dim>
void PinnedSets<dim>::add(PETScVector &indicator)
{
  indicator.compress(VectorOperation::insert);
  indicators_.push_back(std::make_unique<PETScVector>(space_.ghosted(indicator)));
}

template <int dim>
PETScVector PinnedSets<dim>::restricted(const PETScVector &u, std::size_t i) const
{
  PETScVector on_set = space_.vector();
  on_set = *indicators_[i];
  on_set.scale(u);
  return space_.ghosted(on_set);
}

template class PinnedSets<1>;
template class PinnedSets<2>;
template class PinnedSets<3>;
} // namespace lowland
