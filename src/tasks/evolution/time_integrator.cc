#include "tasks/evolution/time_integrator.h"

namespace lowland
{
const std::vector<TimeScheme> &time_schemes()
{
  // exponential: exponential_integrator.h. Rosenbrock methods of PETSc, all L-stable:
  // 4l: Hairer & Wanner, Solving Ordinary Differential Equations II, table 7.2, "L-stable";
  // ra34pw2: Rang & Angermann, BIT 45 (2005) 761, a W method; 2p: a two-stage W method. Only W methods keep
  // their order without the derivative of the residual by time, which PETSc leaves out.
  static const std::vector<TimeScheme> schemes = {{"exponential", 0, false},
                                                  {"4l", 4, false},
                                                  {"ra34pw2", 3, true},
                                                  {"rodas3", 3, false},
                                                  {"2p", 2, true}};
  return schemes;
}
} // namespace lowland
