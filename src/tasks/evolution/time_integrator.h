// Time steps of M dv/dt + A v = 0 on one mesh.
#pragma once

#include "discretization/forward.h"

#include <string>
#include <vector>

namespace lowland
{
/// A method that can be chosen by name.
struct TimeScheme
{
  std::string name;
  unsigned int order; ///< in dt; 0: no power of it, the step is exact to any tolerance
  bool allows_time;   ///< whether A may depend on time
  /// Steps are few and long.
  bool is_exponential() const { return order == 0; }
  /// The part of the tolerance that the mesh may use up; the steps have the rest. A smaller error of exponential steps
  /// costs a vector or two more, but a smaller one of the mesh as many unknowns as there are.
  double space_share() const { return is_exponential() ? 0.7 : 0.5; }
};
/// All of them, best first.
const std::vector<TimeScheme> &time_schemes();

class TimeIntegrator
{
public:
  virtual ~TimeIntegrator() = default;

  /// Advances v from `time` by dt and returns the estimated L1 error of the density made in this step. A method
  /// that can make it as small as it likes makes it `allowed`, or says by a larger one that dt is too long for
  /// that. Throws SolverError.
  virtual double step(PETScVector &v, double time, double dt, double allowed) = 0;
  /// The step that would have made the error `allowed`, in units of the last one, which made `error`.
  virtual double growth(double error, double allowed) const = 0;
  virtual unsigned int n_factorizations() const = 0;
};
} // namespace lowland
