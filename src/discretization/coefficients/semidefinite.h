// Whether D can be a diffusion tensor: its smallest eigenvalue and its rank over the mesh.
#pragma once

#include "discretization/form/cell_model.h"

namespace lowland
{
/// The eigenvalues of D over all quadrature points of all ranks.
struct DiffusionRange
{
  double lowest =
      0; ///< the smallest over the largest on the mesh; minus infinity if one is no number
  double eigenvalue = 0;                          ///< the same eigenvalue itself, and
  Coordinates point{};                            ///< where it is
  unsigned int lowest_rank = 0, highest_rank = 0; ///< eigenvalues above 1e-10 of the largest there
  double narrowest = 0; ///< the least ratio of the smallest to the largest at one point
};

/// Collective.
template <int dim>
DiffusionRange diffusion_range(const DensitySpace<dim> &space, const Model &model);
} // namespace lowland
