// How the mass is shared out among the basins of attraction.
#pragma once

#include "discretization/space/density_space.h"
#include "model/model.h"
#include "model/search/basins.h"

namespace lowland
{
/// Which basin of attraction the cells of a mesh lie in. Those whose corners and centre lie in one basin are counted
/// whole, the others by parts (discretization/mesh/cell_parts.h), each in the basin of its middle. Following the flow is the
/// costly part: one partition serves all densities on its mesh.
template <int dim>
class BasinPartition
{
public:
  BasinPartition(const DensitySpace<dim> &space, const Model &model, const Basins &basins);

  /// int_{B_k} rho dmu over the basin B_k of each minimum, rho = w u. What is in no basin is missing
  /// from the sum. Collective.
  std::vector<double> masses(const PETScVector &u) const;

private:
  const DensitySpace<dim> &space_;
  const Model &model_;
  std::size_t n_basins_;
  std::vector<int> of_cell_;              ///< by active cell index; `mixed` where there are several
  std::vector<std::vector<int>> of_part_; ///< of the mixed cells' parts
};
} // namespace lowland
