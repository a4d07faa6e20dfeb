// Multigrid in 3D: what an iterative solve costs does not grow with the mesh, on any number of
// ranks.
#include "discretization/algebra/linear_solver.h"
#include "discretization/form/l1_bound.h"
#include "discretization/form/relaxation_modes.h"
#include "support.h"
#include "tasks/evolution/exponential_integrator.h"
#include "tasks/evolution/rosenbrock_integrator.h"
#include "tasks/problem/solver_choice.h"

#include <deal.II/lac/petsc_vector.h>

using namespace lowland;

namespace
{
const Settings bowl = {"Landscape/Loss=(x^2 + 2*y^2 + 4*z^2)/2",
                       "Noise/Learning rate=0.2",
                       "Domain/Kind=box",
                       "Domain/Lower corner=-3",
                       "Domain/Upper corner=3",
                       "Initial density/Mean=0.5, 0.4, 0.3",
                       "Initial density/Standard deviation=0.4",
                       "Discretization/Degree=2"};
const Settings continuous =
    bowl + Settings{"Discretization/Element=continuous", "Discretization/Reference floor=1e-6"};
const Settings discontinuous =
    bowl + Settings{"Discretization/Element=discontinuous", "Discretization/Reference weight=one"};

/// On a uniform mesh.
struct UniformProblem : FixedProblem<3>
{
  UniformProblem(const Settings &settings, unsigned int refinement)
      : FixedProblem<3>(settings +
                        Settings{"Discretization/Initial refinement=" + std::to_string(refinement)})
  {
  }

  /// Krylov iterations of one stage of a time step.
  double iterations_of_a_stage(bool multigrid) const
  {
    const SolverSettings settings = solver_settings(*problem.space);
    RosenbrockIntegrator integrator(form->mass(), form->stiffness(), form->l1_functional(),
                                    time_schemes()[1],
                                    multigrid ? form->with_multigrid(settings) : settings);
    PETScVector v = start();
    integrator.step(v, 0, 0.2);
    return integrator.n_iterations() / 4.0;
  }

  SolverSettings settings(bool direct) const
  {
    SolverSettings settings = solver_settings(*problem.space);
    settings.direct = direct;
    return settings;
  }

  /// After an exponential step to a thousandth of the usual tolerance.
  PETScVector after_a_step(bool direct) const
  {
    ExponentialIntegrator integrator(form->mass(), form->stiffness(), form->l1_functional(),
                                     form->with_multigrid(settings(direct)));
    PETScVector v = start();
    EXPECT_LE(integrator.step(v, 0, 0.5, 1e-6), 1e-6);
    return v;
  }

  /// The slowest two, by shift-and-invert.
  RelaxationModes modes(bool direct) const
  {
    return relaxation_modes(*form, 2, -0.01, false, settings(direct));
  }
};

/// Twice as fine a mesh takes as many, or one more; incomplete factors alone take five to fifteen times as
/// many. (On 4^3 and 8^3 cells, 1 to 4 ranks: continuous 4 and 4, discontinuous 2 and at most 3;
/// incomplete factors alone on 3 ranks 35 and 40, 19 and 32.)
void expect_no_growth(const Settings &settings)
{
  std::vector<double> iterations;
  for (const unsigned int refinement : {2, 3})
  {
    const UniformProblem problem(settings, refinement);
    iterations.push_back(problem.iterations_of_a_stage(true));
    EXPECT_LT(iterations.back(), 0.5 * problem.iterations_of_a_stage(false));
  }
  EXPECT_GT(iterations[0], 1);
  EXPECT_LE(iterations[1], iterations[0] + 1.1);
}
} // namespace

TEST(Multigrid, ContinuousElements)
{
  expect_no_growth(continuous);
}
TEST(Multigrid, DiscontinuousElements)
{
  expect_no_growth(discontinuous);
}

/// Its solves leave no errors that a step would not see.
TEST(Multigrid, ExponentialSteps)
{
  for (const Settings &settings : {continuous, discontinuous})
  {
    const UniformProblem problem(settings, 2);
    EXPECT_LT(l1_bound(problem.form->l1_functional(), problem.after_a_step(false),
                       problem.after_a_step(true)),
              1e-9);
  }
}

/// The matrix is nearly singular there, the linear functions know its kernel.
TEST(Multigrid, RelaxationModes)
{
  const UniformProblem coarse(discontinuous, 2), fine(discontinuous, 3);
  const RelaxationModes on_coarse = coarse.modes(false), exact = coarse.modes(true);
  for (unsigned int n = 0; n < 2; ++n)
    EXPECT_NEAR(std::abs(on_coarse.modes[n].eigenvalue - exact.modes[n].eigenvalue), 0, 1e-8);
  const RelaxationModes on_fine = fine.modes(false);
  EXPECT_NEAR(on_fine.modes[1].eigenvalue.real(), 1, 1e-3);
  EXPECT_LE(on_fine.n_solves, 1.5 * on_coarse.n_solves); // iterations of the inner solves
}
