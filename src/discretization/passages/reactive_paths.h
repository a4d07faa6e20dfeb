// First passages without detailed balance, and the paths between sets by transition path theory (E and
// Vanden-Eijnden 2006, "Towards a theory of transition paths"). There is no chain between the sets; the rates
// are those at which paths of the invariant density w u pass.
#pragma once

#include "discretization/passages/first_passage.h"

namespace lowland
{
template <int dim>
class ReactivePaths : public FirstPassage<dim>
{
public:
  /// Between these wells as sets, and the parts of the walls that absorb. As FirstPassage does. Throws SolverError.
  ReactivePaths(const DensitySpace<dim> &space, const Model &model, const std::vector<Well> &wells,
                const SolverSettings &settings);

  /// -a(u on set i, h): with the invariant density w u and the committor h to other sets, passages per time.
  double flux(const PETScVector &u, std::size_t i, const PETScVector &h) const;
  /// m(u on set i, 1).
  double mass(const PETScVector &u, std::size_t i) const;
  /// With the invariant density w u: the density w u_i of what was in set i last, a(u_i, v) = 0 for all v that
  /// vanish on the sets, u_i = u on set i, 0 on the others; u_i/u is the backward committor. By the factors of
  /// the first passages. Throws SolverError.
  PETScVector last_in(std::size_t i, const PETScVector &u) const;
};
} // namespace lowland
