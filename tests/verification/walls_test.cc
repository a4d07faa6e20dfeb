// What the walls of a domain do to a density: the lowest loss on a rim, the mass that walls keep in, the
// law of E f with its boundary term, the radius of many parameters.
#include "support.h"

#include "discretization/form/integrals.h"
#include "output/observables.h"
#include "tasks/summary.h"

#include <deal.II/base/mpi.h>
#include <deal.II/lac/petsc_vector.h>

#include <cmath>

using namespace lowland;

namespace
{
/// The largest pi/max(pi) at the mesh's quadrature points.
double largest_relative_pi(const Settings &settings)
{
  const Parameters parameters =
      Parameters::from_text("", "test", Settings{"Dimension=2"} + settings);
  Log log(MPI_COMM_WORLD, true);
  const Problem<2> problem(parameters, 1e-3, InitialDensity(parameters), MPI_COMM_WORLD, log);
  double largest = 0;
  integrate<2>(*problem.space, problem.model, [&](const CellModel<2> &cell, std::size_t q) {
    largest = std::max(largest, std::exp(cell.values.log_relative_pi[q]));
    return 0;
  });
  return dealii::Utilities::MPI::max(largest, MPI_COMM_WORLD);
}

const Settings towards_the_rim = {"Landscape/Loss=(x-2)^2 + y^2", "Noise/Learning rate=0.5",
                                  "Initial density/Standard deviation=0.2",
                                  "Discretization/Reference weight=invariant"};
} // namespace

TEST(Walls, TheLowestLossOnARimNormalisesPi)
{
  const double ball = largest_relative_pi(towards_the_rim + Settings{"Domain/Kind=ball"});
  EXPECT_LE(ball, 1 + 1e-6); // the mesh's circle is one of degree 4
  EXPECT_GE(ball, 0.9);
  const double file = largest_relative_pi(
      {"Landscape/Loss=(x-5)^2 + (y-3)^2/2", "Noise/Learning rate=0.5", "Domain/Kind=file",
       "Domain/File=" LOWLAND_SOURCE_DIR "/meshes/disk.msh",
       "Initial density/Standard deviation=0.4", "Discretization/Reference weight=invariant"});
  EXPECT_LE(file, 1 + 1e-12);
  EXPECT_GE(file, 0.8);
}

// pi = e^(-x^2/2k)/Z in [-L, L] falls like e^(-L s/k) beyond each wall.
TEST(Walls, TheMassBeyondIsThatOfTheDensityGoingOn)
{
  const double k = 0.3, length = 1.5;
  const auto records = run_evolution<1>({"Landscape/Loss=x^2/2", assign("Noise/Learning rate", k),
                                         "Domain/Kind=box", assign("Domain/Lower corner", -length),
                                         assign("Domain/Upper corner", length),
                                         "Initial density/Kind=invariant", "Time/End=0"});
  const double z = std::sqrt(2 * M_PI * k) * std::erf(length / std::sqrt(2 * k));
  const double at_the_wall = std::exp(-length * length / (2 * k)) / z;
  EXPECT_NEAR(records[0]["mass_beyond_walls"], 2 * at_the_wall * k / length, 1e-6);
}

TEST(Walls, WallsThatMatterAreToldOnce)
{
  Log log(MPI_COMM_WORLD, true);
  Record record;
  record.add("mass_beyond_walls", "-", 1e-4);
  warn_of_walls(record, 1e-3, log);
  EXPECT_TRUE(log.warnings().empty());
  warn_of_walls(record, 1e-5, log);
  ASSERT_EQ(log.warnings().size(), 1u);
  EXPECT_NE(log.warnings()[0].find("0.01 % of the mass"), std::string::npos);
}

// Both weights, both elements; walls that the density presses against; an oblique file mesh.
TEST(Walls, TheDiscreteOperatorKeepsTheLawOfTheExpectedLoss)
{
  const Settings pressed = {"Landscape/Loss=(x^2-1)^2 + y^2/2 + x/5 + x*y/3",
                            "Noise/Learning rate=0.4",
                            "Initial density/Mean=0.5, 0.2",
                            "Initial density/Standard deviation=0.3",
                            "Time/End=0.3",
                            "Time/Output times=0, 0.1, 0.3"};
  const Settings box = {"Domain/Kind=box", "Domain/Lower corner=-1", "Domain/Upper corner=1"};
  const Settings file = {"Domain/Kind=file", "Domain/File=" LOWLAND_SOURCE_DIR "/meshes/disk.msh"};
  for (const Settings &domain : {box, file})
    for (const std::string weight : {"invariant", "one"})
      for (const std::string element : {"continuous", "discontinuous"})
      {
        SCOPED_TRACE(domain[0] + ", " + weight + ", " + element);
        const auto records = run_evolution<2>(pressed + domain +
                                              Settings{"Discretization/Reference weight=" + weight,
                                                       "Discretization/Element=" + element});
        const auto error = loss_balance_error(records);
        ASSERT_TRUE(error);
        EXPECT_LE(*error, 1e-3);
        EXPECT_GT(*error, 0);
        EXPECT_GT(std::abs(records[1]["loss_rate"]), 0.1);
      }
}

// f quadratic: it is its own projection, so that only roundings and quadrature remain.
TEST(Walls, ForOrnsteinUhlenbeckTheLawHoldsToRoundings)
{
  const auto records = run_evolution<2>(
      {"Landscape/Kind=quadratic", "Landscape/Constants=a=1, b=3", "Noise/Learning rate=0.2",
       "Domain/Kind=box", "Domain/Lower corner=-3", "Domain/Upper corner=3",
       "Initial density/Mean=0.8, 0.4", "Initial density/Standard deviation=0.3",
       "Discretization/Reference weight=one", "Time/End=0.5"});
  EXPECT_LE(*loss_balance_error(records), 1e-6);
  // E f falls at the rate that is recorded.
  OrnsteinUhlenbeck<2> law;
  law.hessian[0][0] = 1;
  law.hessian[1][1] = 3;
  law.k = 0.2;
  law.mean[0] = 0.8;
  law.mean[1] = 0.4;
  law.deviation = 0.3;
  for (const Record &record : records)
  {
    const auto at = law.at(record["time"]);
    double rate = 0; // -E|grad f|^2 + k Tr Hess f
    for (unsigned int i = 0; i < 2; ++i)
    {
      const double a = law.hessian[i][i];
      rate += -a * a * (at.covariance[i][i] + at.mean[i] * at.mean[i]) + law.k * a;
    }
    EXPECT_NEAR(record["loss_rate"], rate, 1e-2);
  }
}

// An operator with another diffusion than the law is found out.
TEST(Walls, AWrongOperatorBreaksTheLawOfTheExpectedLoss)
{
  const auto parameters = [](double intensity) {
    return Parameters::from_text(
        "", "test",
        {"Dimension=2", "Landscape/Kind=quadratic", "Domain/Kind=box", "Domain/Lower corner=-2",
         "Domain/Upper corner=2", "Discretization/Reference weight=one",
         "Initial density/Standard deviation=0.4", assign("Noise/Intensity", intensity)});
  };
  Log log(MPI_COMM_WORLD, true);
  const Parameters right = parameters(1), wrong = parameters(1.5);
  const Problem<2> problem(right, 1e-3, InitialDensity(right), MPI_COMM_WORLD, log);
  const Model wrong_model(wrong);
  const auto error_of = [&](const Model &model) {
    const FokkerPlanckForm<2> form(*problem.space, model);
    const PETScVector v = problem.project(problem.start, form);
    Record record = measure_density(*problem.space, problem.model, form.to_ratio(v), NAN, {});
    record.add("loss_rate", "-", loss_rate(form, project_loss(form), v));
    return *loss_balance_error({record});
  };
  EXPECT_LE(error_of(problem.model), 1e-6);
  EXPECT_GE(error_of(wrong_model), 0.05);
}

// x alone, and r for K = 10 parameters: E x^2 = k/a, E r^2 = 10 k/b in the limit, and in between
// v' = -2bv + 2k for each of the ten.
TEST(Walls, ARadiusOfTenParametersHasTenTimesTheVariance)
{
  const double k = 0.1, deviation = 0.25;
  for (const std::string weight : {"invariant", "one"})
  {
    SCOPED_TRACE(weight);
    const auto records = run_evolution<2>(
        {"Landscape/Loss=x^2/2 + y^2", "Landscape/Radial dimension=10",
         assign("Noise/Learning rate", k), "Domain/Kind=box", "Domain/Lower corner=-2.5",
         "Domain/Upper corner=2.5", "Initial density/Mean=0",
         assign("Initial density/Standard deviation", deviation),
         "Discretization/Reference weight=" + weight, "Time/End=1", "Time/Output times=0, 0.5, 1"});
    for (const Record &record : records)
    {
      const double t = record["time"], start = deviation * deviation;
      const double x = k + (start - k) * std::exp(-2 * t);
      const double r = k / 2 + (start - k / 2) * std::exp(-4 * t);
      EXPECT_NEAR(record["second_moment_x"], x, 3e-3) << "t = " << t;
      EXPECT_NEAR(record["second_moment_y"], 10 * r, 6.25 * 3e-3) << "t = " << t;
      EXPECT_LE(record["boundary_mass"], 1e-4); // the axis r = 0 is no wall
    }
  }
}

TEST(Walls, ARadiusIsNotNegative)
{
  const auto description = [](const Settings &settings) {
    const Parameters parameters = Parameters::from_text(
        "", "test",
        Settings{"Dimension=2", "Landscape/Kind=quadratic", "Landscape/Radial dimension=3"} +
            settings);
    return Domain::create(parameters, Model(parameters), InitialDensity(parameters)).description;
  };
  EXPECT_NE(description({"Domain/Kind=box", "Domain/Lower corner=-2", "Domain/Upper corner=2"})
                .find("cut off at radius 0"),
            std::string::npos);
  EXPECT_EQ(description({"Domain/Kind=box", "Domain/Lower corner=-2, 0", "Domain/Upper corner=2"})
                .find("cut off"),
            std::string::npos);
  EXPECT_THROW(description({"Domain/Kind=box", "Domain/Lower corner=-2", "Domain/Upper corner=0"}),
               InputError);
  EXPECT_THROW(description({"Domain/Kind=ball", "Domain/Centre=0, 0.5"}), InputError);
  EXPECT_NO_THROW(description({"Domain/Kind=ball", "Domain/Centre=0, 1"}));
  EXPECT_THROW(description({"Domain/Kind=auto"}), InputError);
}
