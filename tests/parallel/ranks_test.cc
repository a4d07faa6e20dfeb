// The number of ranks changes no result: elements, domains and dimensions.
#include "agreement.h"

#include <cmath>

using namespace lowland;

namespace
{
const Settings line = {"Landscape/Kind=double-well",
                       "Noise/Learning rate=0.1",
                       "Domain/Kind=box",
                       "Domain/Lower corner=-2.5",
                       "Domain/Upper corner=2.5",
                       "Initial density/Mean=0.8",
                       "Initial density/Standard deviation=0.05",
                       "Output/Observables=left = 1/(1 + exp(4*x))"};
const Settings plane = {"Landscape/Kind=two-basins",
                        "Landscape/Floor=0.1",
                        "Noise/Kind=loss-scaled",
                        "Noise/Learning rate=0.3",
                        "Domain/Kind=box",
                        "Domain/Lower corner=-3",
                        "Domain/Upper corner=3",
                        "Initial density/Mean=0.5, 0.5",
                        "Initial density/Standard deviation=0.1",
                        "Time/End=0.5"};
const Settings space = {"Landscape/Kind=quadratic",
                        "Landscape/Constants=a=1, b=2, c=3",
                        "Noise/Learning rate=0.3",
                        "Domain/Kind=box",
                        "Domain/Lower corner=-3",
                        "Domain/Upper corner=3",
                        "Initial density/Mean=0.3, 0, -0.2",
                        "Initial density/Standard deviation=0.4",
                        "Time/End=0.1",
                        "Time/Tolerance=1e-1",
                        "Time/Output times=0, 0.05, 0.1"};

const Settings continuous = {"Discretization/Element=continuous"};
const Settings discontinuous = {"Discretization/Element=discontinuous"};
} // namespace

TEST(Ranks, ContinuousOnTheLine)
{
  expect_same_on_all_ranks<1>("line_q", line + continuous);
}
TEST(Ranks, DiscontinuousOnTheLine)
{
  expect_same_on_all_ranks<1>("line_dg", line + discontinuous);
}
TEST(Ranks, ContinuousInThePlane)
{
  expect_same_on_all_ranks<2>("plane_q", plane + continuous);
}
TEST(Ranks, DiscontinuousInThePlane)
{
  expect_same_on_all_ranks<2>("plane_dg", plane + discontinuous);
}
TEST(Ranks, PeriodicInThePlane)
{
  expect_same_on_all_ranks<2>(
      "periodic",
      {"Landscape/Loss=1 - cos(x) + y^2/2", "Noise/Learning rate=0.3", "Domain/Kind=box",
       "Domain/Lower corner=0, -3", "Domain/Upper corner=6.283185307179586, 3", "Domain/Periodic=x",
       "Initial density/Mean=5, 0.5", "Initial density/Standard deviation=0.15"});
}
// The rim is where f is lowest, and curved cells and hanging nodes meet there.
const Settings disc = {"Landscape/Loss=(x-2)^2 + y^2",
                       "Noise/Learning rate=0.5",
                       "Domain/Kind=ball",
                       "Initial density/Mean=0.2, -0.3",
                       "Initial density/Standard deviation=0.15",
                       "Time/Tolerance=1e-2",
                       "Time/End=0.2"};
const Settings from_file = {"Landscape/Kind=two-basins",
                            "Landscape/Floor=0.1",
                            "Noise/Kind=loss-scaled",
                            "Noise/Learning rate=0.3",
                            "Domain/Kind=file",
                            "Domain/File=" LOWLAND_SOURCE_DIR "/meshes/disk.msh",
                            "Initial density/Mean=0.5, 0.5",
                            "Initial density/Standard deviation=0.15",
                            "Time/Tolerance=1e-2",
                            "Time/End=0.2"};
TEST(Ranks, ContinuousInABall)
{
  expect_same_on_all_ranks<2>("ball_q", disc + continuous);
}
TEST(Ranks, DiscontinuousInABall)
{
  expect_same_on_all_ranks<2>("ball_dg", disc + discontinuous);
}
TEST(Ranks, ContinuousOnAMeshFromAFile)
{
  expect_same_on_all_ranks<2>("file_q", from_file + continuous);
}
TEST(Ranks, DiscontinuousOnAMeshFromAFile)
{
  expect_same_on_all_ranks<2>("file_dg", from_file + discontinuous);
}
TEST(Ranks, ContinuousInSpace)
{
  expect_same_on_all_ranks<3>("space_q", space + continuous);
}
TEST(Ranks, DiscontinuousInSpace)
{
  expect_same_on_all_ranks<3>(
      "space_dg", space + discontinuous +
                      Settings{"Discretization/Degree=1", "Discretization/Maximum level=3"});
}

// Curvatures 1, 4, 16 from a start broader than the sharpest direction, against the exact Gaussian, until it is the
// invariant one, which the floor of the weight must not move.
TEST(Ranks, OnTwoRanksTheOrnsteinUhlenbeckProcessInSpaceIsExact)
{
  if (n_ranks() != 2)
    GTEST_SKIP() << "once is enough";
  OrnsteinUhlenbeck<3> law;
  for (unsigned int i = 0; i < 3; ++i)
    law.hessian[i][i] = std::pow(4.0, i);
  law.k = 0.1;
  law.mean[0] = 0.8;
  law.mean[1] = 0.6;
  law.mean[2] = 0.4;
  law.deviation = 0.2;
  const auto rows = run_evolution<3>(
      {"Landscape/Kind=quadratic", "Landscape/Constants=a=1, b=4, c=16",
       assign("Noise/Learning rate", law.k), "Domain/Kind=box", "Domain/Lower corner=-2",
       "Domain/Upper corner=2", "Initial density/Mean=0.8, 0.6, 0.4",
       "Initial density/Standard deviation=0.2", "Time/Tolerance=2e-2", "Time/End=8",
       "Time/Output times=0.25, 0.5, 8"},
      [&](double t, const Problem<3> &problem, const PETScVector &u) {
        const Gaussian<3> exact = law.at(t);
        const double error =
            l1_distance(problem, u, [&](const Coordinates &x) { return exact.density(x); });
        EXPECT_LE(error, l1_promise * 2e-2) << "t = " << t;
        EXPECT_GE(error, 2e-2 / 100) << "t = " << t;
      });
  for (const Record &row : rows)
    EXPECT_GE(row["minimum_density"], -5e-4 * row["maximum_density"]) << "t = " << row["time"];
  EXPECT_LE(rows.back()["l1_to_invariant"], 2e-2);
}
