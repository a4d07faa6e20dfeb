// Exponential time steps against many short ones of order 4 on the same mesh: exact to their goal, however long they
// are and whatever the element.
#include "discretization/form/l1_bound.h"
#include "support.h"
#include "tasks/evolution/exponential_integrator.h"
#include "tasks/evolution/rosenbrock_integrator.h"
#include "tasks/problem/solver_choice.h"

#include <deal.II/lac/petsc_vector.h>

#include <cmath>

using namespace lowland;

namespace
{
/// The ways from the start to a later time.
template <int dim>
struct Steps : FixedProblem<dim>
{
  using FixedProblem<dim>::FixedProblem;

  std::unique_ptr<ExponentialIntegrator> exponential() const
  {
    return std::make_unique<ExponentialIntegrator>(this->form->mass(), this->form->stiffness(),
                                                   this->form->l1_functional(),
                                                   solver_settings(*this->problem.space));
  }

  PETScVector after_short_steps(double time, unsigned int n) const
  {
    RosenbrockIntegrator integrator(this->form->mass(), this->form->stiffness(),
                                    this->form->l1_functional(), time_schemes()[1],
                                    solver_settings(*this->problem.space));
    PETScVector v = this->start();
    for (unsigned int i = 0; i < n; ++i)
      integrator.step(v, i * time / n, time / n);
    return v;
  }

  double distance(const PETScVector &a, const PETScVector &b) const
  {
    return l1_bound(this->form->l1_functional(), a, b);
  }
};

const Settings well = {"Landscape/Kind=double-well",
                       "Noise/Learning rate=0.2",
                       "Domain/Kind=box",
                       "Domain/Lower corner=-2.2",
                       "Domain/Upper corner=2.2",
                       "Initial density/Standard deviation=0.25",
                       "Discretization/Degree=4"};
const Settings line =
    well + Settings{"Initial density/Mean=0.8", "Discretization/Initial refinement=4"};
const Settings plane =
    well + Settings{"Initial density/Mean=0.8, 0", "Discretization/Initial refinement=3"};
const Settings elements[] = {
    {"Discretization/Element=continuous", "Discretization/Reference floor=1e-9"},
    {"Discretization/Element=discontinuous", "Discretization/Reference weight=one"}};
} // namespace

TEST(Exponential, IsExactToItsGoal)
{
  for (const Settings &element : elements)
  {
    const Steps<1> problem(line + element);
    const PETScVector exact = problem.after_short_steps(0.5, 4000); // off by about 1e-11
    for (const double goal : {1e-4, 1e-7, 1e-10})
    {
      PETScVector v = problem.start();
      const double estimate = problem.exponential()->step(v, 0, 0.5, goal);
      EXPECT_LE(estimate, goal);
      EXPECT_LT(problem.distance(v, exact), 3 * goal + 1e-10) << "goal " << goal;
    }
  }
}

TEST(Exponential, OneLongStepIsManyShortOnes)
{
  for (const Settings &element : elements)
  {
    const Steps<1> problem(line + element);
    const auto integrator = problem.exponential();
    PETScVector long_step = problem.start(), short_steps = problem.start();
    EXPECT_LE(integrator->step(long_step, 0, 8.0, 1e-10), 1e-10);
    for (unsigned int i = 0; i < 8; ++i)
      EXPECT_LE(integrator->step(short_steps, i, 1.0, 1e-10), 1e-10);
    EXPECT_LT(problem.distance(long_step, short_steps), 2e-9);
  }
}

// What short steps and long ones share are the factors: a power of 16 for the pole.
TEST(Exponential, FactorsServeStepsOfSimilarLength)
{
  const Steps<1> problem(line + elements[0]);
  const auto integrator = problem.exponential();
  PETScVector v = problem.start();
  for (const double dt : {0.2, 0.3, 0.5, 0.7})
    integrator->step(v, 0, dt, 1e-8);
  EXPECT_LE(integrator->n_factorizations(), 2u);
  integrator->step(v, 0, 100, 1e-8);
  EXPECT_GE(integrator->n_factorizations(), 2u);
}

// The space of the invariant density is complete after one vector: the step is exact whatever its length.
TEST(Exponential, TheInvariantDensityStays)
{
  const Steps<1> problem(line + Settings{"Discretization/Element=continuous",
                                         "Discretization/Reference floor=0",
                                         "Initial density/Kind=invariant"});
  PETScVector v = problem.start();
  const PETScVector before(v);
  problem.exponential()->step(v, 0, 1e4, 1e-10);
  EXPECT_LT(problem.distance(v, before), 1e-10);
}

TEST(Exponential, AStepTooLongForItsSpaceSaysSo)
{
  const Steps<1> problem(line + elements[1]);
  const auto integrator = problem.exponential();
  PETScVector v = problem.start();
  const double error = integrator->step(v, 0, 0.5, 1e-40); // round-off does not allow that
  EXPECT_GT(error, 1e-40);
  EXPECT_LT(integrator->growth(error, 1e-40), 1);
  EXPECT_GT(integrator->growth(1e-41, 1e-40), 1);
}

TEST(Exponential, InThePlaneToo)
{
  for (const Settings &element : elements)
  {
    const Steps<2> problem(plane + element);
    const PETScVector exact = problem.after_short_steps(0.2, 300);
    PETScVector v = problem.start();
    EXPECT_LE(problem.exponential()->step(v, 0, 0.2, 1e-7), 1e-7);
    EXPECT_LT(problem.distance(v, exact), 3e-7);
  }
}
