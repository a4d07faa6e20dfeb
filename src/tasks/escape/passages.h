// Answers to questions of escape without detailed balance, by the adjoint operator.
//
// With the backward operator L*, the adjoint of the form, and the sets A and B,
//
//   L* q = 0 outside of A and B,   q = 0 on A, 1 on B     the committor
//   L* T = -1 outside of B,        T = 0 on B             the mean first-passage time to B
//
// The rate is the flux of reactive paths over the share of time in which A was visited last (E and
// Vanden-Eijnden 2010). Both belong to the density y = pi q_backward: the invariant one on A, 0 on B, stationary in
// between. Duality spares its solve: with tau, the time until A or B is reached,
//
//   flux = -a(pi on A, q),   share = m(pi on A, 1) - a(pi on A, tau).
#pragma once

#include "tasks/escape/escape_plan.h"
#include "tasks/escape/escape_rate.h"
#include "tasks/problem/problem.h"

#include <cmath>
#include <memory>
#include <string>
#include <vector>

namespace lowland
{
/// The functions that answer one question.
struct Passage
{
  using Function = std::shared_ptr<const PETScVector>;
  std::string name;                  ///< "1_2"
  Function time;                     ///< mean first-passage time
  Function committor, last_in_start; ///< null where walls absorb; ReactivePaths::last_in
};

/// All that one mesh and degree tell of the questions.
struct PassageAnswers
{
  std::vector<EscapeRate> rates; ///< one for each question
  std::vector<Passage> passages; ///< likewise; where walls absorb one for all
  Passage::Function density;     ///< u of the invariant density; null where walls absorb
  double resolution = 0;         ///< rates below this are not told from zero, 1/time
  double spectral_gap = NAN;     ///< 1/time; NaN where walls absorb, or it is not resolved
};

/// On the problem's present mesh, which the invariant density may refine first until it is as accurate as this, in
/// elements that impose no walls (escape_mesh.h). Throws SolverError. Collective.
template <int dim>
PassageAnswers answer_by_passages(Problem<dim> &problem, const EscapePlan &plan,
                                  double density_error);
} // namespace lowland
