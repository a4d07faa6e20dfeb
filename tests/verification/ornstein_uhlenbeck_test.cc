// Isotropic noise on a quadratic loss: the law of a Gaussian start stays Gaussian, with
//   m(t) = e^(-At) m0,   C(t) = e^(-2At) s^2 + k A^-1 (1 - e^(-2At)),   k = eta sigma.
// Reference values: closed forms, printed to 14 digits. Tolerances: the program promises an L1
// error of 3 times its tolerance, and E[g] is off by at most that times sup|g| over the box.
#include "support.h"

#include <cmath>

using namespace lowland;

namespace
{
const Settings noise = {"Noise/Learning rate=0.2", "Noise/Intensity=1"};

const Settings line = noise + Settings{"Landscape/Kind=quadratic",
                                       "Landscape/Constants=a=1.5",
                                       "Initial density/Mean=1",
                                       "Initial density/Standard deviation=0.2",
                                       "Time/End=2",
                                       "Time/Output times=0, 0.25, 0.5, 2"};

OrnsteinUhlenbeck<1> line_law()
{
  OrnsteinUhlenbeck<1> law;
  law.hessian[0][0] = 1.5;
  law.k = 0.2;
  law.mean[0] = 1;
  law.deviation = 0.2;
  return law;
}

const Settings plane =
    noise + tilted_plane() + Settings{"Time/End=1", "Time/Output times=0, 0.1, 0.25, 0.5, 1"};

const Settings space = noise + Settings{"Landscape/Kind=quadratic",
                                        "Landscape/Constants=a=1, b=2, c=3",
                                        "Initial density/Mean=0.5, -0.4, 0.3",
                                        "Initial density/Standard deviation=0.3",
                                        "Time/End=0.5",
                                        "Time/Output times=0, 0.2, 0.5"};

OrnsteinUhlenbeck<3> space_law()
{
  OrnsteinUhlenbeck<3> law;
  for (unsigned int i = 0; i < 3; ++i)
    law.hessian[i][i] = i + 1.0;
  law.k = 0.2;
  law.mean[0] = 0.5;
  law.mean[1] = -0.4;
  law.mean[2] = 0.3;
  law.deviation = 0.3;
  return law;
}

/// Runs with default settings; at every recorded t > 0 the L1 error must be at most 3 tolerances,
/// and up to `transient` at least a hundredth of one: the tolerance is what the user gets, no more
/// work.
template <int dim>
std::vector<Record> expect_promised_error(const Settings &settings,
                                          const OrnsteinUhlenbeck<dim> &law, double tolerance,
                                          double transient)
{
  return run_evolution<dim>(
      settings + Settings{assign("Time/Tolerance", tolerance)},
      [&](double t, const Problem<dim> &problem, const PETScVector &u) {
        const Gaussian<dim> exact = law.at(t);
        const double error =
            l1_distance(problem, u, [&](const Coordinates &x) { return exact.density(x); });
        SCOPED_TRACE("t = " + std::to_string(t) + ", tolerance " + std::to_string(tolerance) +
                     ", " + std::to_string(problem.mesh.n_cells()) + " cells");
        EXPECT_LE(error, l1_promise * tolerance);
        if (t > 0 && t <= transient)
        {
          EXPECT_GE(error, tolerance / 100);
        }
      });
}

/// sup rho/pi of two normal laws on the line with v < V: what an error of the density does to chi2.
double largest_ratio(double mean, double v, double V)
{
  return std::sqrt(V / v) * std::exp(mean * mean / (2 * (V - v)));
}
} // namespace

TEST(OrnsteinUhlenbeck, OnTheLineMomentsAndDistancesAreExact)
{
  struct Row
  {
    double time, mean, variance, chi2, kl, l1;
  };
  const std::vector<Row> exact = {
      {0.25, 0.68728927879097, 0.089245788410839, 14.184870441385, 1.8067752931033,
       1.4033712095961},
      {0.5, 0.47236655274101, 0.11250785171948, 3.3048985362741, 0.84355716758905, 1.0014001144048},
      {2, 0.049787068367864, 0.13310198313018, 0.018733251729489, 0.0092960742002939,
       0.10875467818663}};
  const double tolerance = 1e-5, error = l1_promise * tolerance, half_width = 3;
  const auto records = run_evolution<1>(line + Settings{"Time/Tolerance=1e-5"});
  for (std::size_t i = 0; i < exact.size(); ++i)
  {
    SCOPED_TRACE(exact[i].time);
    const Record &record = records[i + 1];
    EXPECT_DOUBLE_EQ(record["time"], exact[i].time);
    EXPECT_NEAR(record["mean_x"], exact[i].mean, error * half_width);
    EXPECT_NEAR(record["covariance_xx"], exact[i].variance, error * half_width * half_width);
    // d KL = int d rho log(rho/pi), and the logarithm is below 30 where the density is not
    // negligible
    EXPECT_NEAR(record["kl_to_invariant"], exact[i].kl, error * 30);
    EXPECT_NEAR(record["l1_to_invariant"], exact[i].l1, error);
    const double ratio = largest_ratio(exact[i].mean, exact[i].variance, 0.2 / 1.5);
    EXPECT_NEAR(record["chi2_to_invariant"], exact[i].chi2, error * 2 * ratio);
  }
}

TEST(OrnsteinUhlenbeck, InThePlaneAFullHessianGivesTheExactGaussian)
{
  const double error = l1_promise * 1e-4, half_width = 4;
  const Gaussian<2> invariant = tilted_plane_law().invariant();
  const auto records = run_evolution<
      2>(plane + Settings{"Time/Tolerance=1e-4"}, [&](double t, const Problem<2> &problem,
                                                      const PETScVector &u) {
    if (t != 0.5)
      return;
    // A pointwise error is the L1 error over the area on which it is made, at least a hundredth
    // of that of the density, 2 pi sqrt(det C) = 0.74.
    EXPECT_NEAR(density_at(problem, u, coordinates({0.2, 0.1})), 0.11082823486225, error * 100);
    EXPECT_NEAR(density_at(problem, u, coordinates({0.5, -0.75})), 1.3522962895499, error * 100);
  });
  const Record &record = records[3];
  EXPECT_DOUBLE_EQ(record["time"], 0.5);
  EXPECT_NEAR(record["mean_x"], 0.50219827683558, error * half_width);
  EXPECT_NEAR(record["mean_y"], -0.74333288284721, error * half_width);
  const double square = half_width * half_width;
  EXPECT_NEAR(record["covariance_xx"], 0.097068663273865, error * square);
  EXPECT_NEAR(record["covariance_xy"], -0.026365257224754, error * square);
  EXPECT_NEAR(record["covariance_yy"], 0.14979917772337, error * square);
  EXPECT_NEAR(record["kl_to_invariant"], tilted_plane_law().at(0.5).relative_entropy(invariant),
              error * 30);
}

// Cells that a jump cuts are taken in parts.
TEST(OrnsteinUhlenbeck, ObservablesThatJump)
{
  const double tail = [] {
    const Gaussian<1> exact = line_law().at(0.5);
    return std::erfc((0.3 - exact.mean[0]) / std::sqrt(2 * exact.covariance[0][0])) / 2;
  }();
  const auto on_line = run_evolution<1>(
      line + Settings{"Time/Tolerance=1e-5", "Output/Observables=beyond = x > 0.3"});
  EXPECT_NEAR(column(on_line[2], "beyond"), tail, 1e-4);
  const double k = 0.1, r2 = 0.3; // from the invariant density, whose |x|^2 is exponential
  const auto in_plane = run_evolution<2>(
      {"Landscape/Loss=(x^2+y^2)/2", assign("Noise/Learning rate", k), "Initial density/Mean=0",
       assign("Initial density/Standard deviation", std::sqrt(k)), "Time/End=1",
       "Time/Tolerance=1e-4", "Output/Observables=disc = x^2+y^2 < 0.3"});
  EXPECT_NEAR(column(in_plane.back(), "disc"), 1 - std::exp(-r2 / (2 * k)), 3e-3);
}

// The second moments have 17 digits more than the variance: no difference of theirs would show it.
TEST(OrnsteinUhlenbeck, TheCovarianceOfANeedleFarFromTheOrigin)
{
  const auto records = run_evolution<2>(
      {"Landscape/Loss=((x-5000)^2 + 2*(y+300)^2)/2", "Noise/Learning rate=0.1",
       "Initial density/Mean=4999, -300", "Initial density/Standard deviation=1e-4, 1e-3",
       "Time/Tolerance=1e-3", "Time/End=0.01", "Time/Output times=0, 0.01"});
  EXPECT_NEAR(records[0]["covariance_xx"], 1e-8, 1e-11);
  EXPECT_NEAR(records[0]["covariance_yy"], 1e-6, 1e-9);
  EXPECT_NEAR(records[0]["covariance_xy"], 0, 1e-10);
  const auto variance = [](double curvature, double start) {
    const double decay = std::exp(-0.02 * curvature);
    return decay * start * start + 0.1 / curvature * (1 - decay);
  };
  EXPECT_NEAR(records[1]["covariance_xx"] / variance(1, 1e-4), 1, 0.01);
  EXPECT_NEAR(records[1]["covariance_yy"] / variance(2, 1e-3), 1, 0.01);
}

TEST(OrnsteinUhlenbeck, TheToleranceIsTheErrorOnTheLine)
{
  for (const double tolerance : {1e-2, 1e-3, 1e-4, 1e-5})
    expect_promised_error(line, line_law(), tolerance, 0.5);
}

TEST(OrnsteinUhlenbeck, TheToleranceIsTheErrorInThePlane)
{
  for (const double tolerance : {1e-2, 1e-3, 1e-4})
    expect_promised_error(plane, tilted_plane_law(), tolerance, 0.5);
}

TEST(OrnsteinUhlenbeck, TheToleranceIsTheErrorInSpaceAndBoundsMomentsAndEntropy)
{
  const double tolerance = 1e-2, error = l1_promise * tolerance, half_width = 2;
  const Record record = expect_promised_error(space, space_law(), tolerance, 0.5).back();
  const Gaussian<3> exact = space_law().at(0.5);
  for (unsigned int i = 0; i < 3; ++i)
  {
    const std::string axis(1, "xyz"[i]);
    EXPECT_NEAR(record["mean_" + axis], exact.mean[i], error * half_width);
    EXPECT_NEAR(record["covariance_" + axis + axis], exact.covariance[i][i],
                error * half_width * half_width);
  }
  EXPECT_NEAR(record["kl_to_invariant"], exact.relative_entropy(space_law().invariant()),
              error * 30);
}

TEST(OrnsteinUhlenbeck, TheToleranceIsTheErrorInSpaceWithElementsOfHighDegree)
{
  expect_promised_error(space, space_law(), 2e-3, 0.5);
}
