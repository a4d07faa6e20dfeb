// Noise from data against exact laws.
#include "support.h"

#include <cmath>
#include <cstdio>
#include <deal.II/base/mpi.h>
#include <fstream>

using namespace lowland;

namespace
{
const std::string data = LOWLAND_SOURCE_DIR "/params/data/";
} // namespace

TEST(DataNoise, OneParameterMinibatchesHaveTheirInvariantDensity)
{
  // h = x u on u = 1, 2, 3/2, target = 1, 1, 2, eta = 1/5, B = 1: a Pearson IV density;
  // the gap is 2.42, so at t = 8 the start is forgotten to 1e-8.
  const std::string file = testing::TempDir() + "lowland_one_parameter.csv";
  if (dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) == 0)
    std::ofstream(file) << "u,target\n1,1\n2,1\n1.5,2\n";
  MPI_Barrier(MPI_COMM_WORLD);
  const double tolerance = 1e-5;
  const auto records = run_evolution<1>(
      {"Landscape/Kind=regression", "Landscape/Data=" + file, "Landscape/Model=x*u",
       "Noise/Kind=minibatch", "Noise/Learning rate=0.2", "Domain/Kind=box",
       "Domain/Lower corner=-9", "Domain/Upper corner=11", "Initial density/Mean=0.8",
       "Initial density/Standard deviation=0.2", "Time/End=8", "Time/Output times=8",
       assign("Time/Tolerance", tolerance)},
      [&](double, const Problem<1> &problem, const PETScVector &u) {
        const std::vector<std::pair<double, double>> exact = {{0, 3.2864638712286e-6},
                                                              {0.5, 0.5234818574264},
                                                              {0.8, 2.0316434384393},
                                                              {1, 1.0995147212069},
                                                              {1.5, 0.045297674454709}};
        for (const auto &[x, density] : exact)
          EXPECT_NEAR(density_at(problem, u, Coordinates{{x, 0, 0}}), density, 10 * tolerance);
      });
  EXPECT_NEAR(records.back()["mean_x"], 0.82758620689655, 3 * tolerance);
  EXPECT_NEAR(records.back()["covariance_xx"], 0.044757088252212, 3 * tolerance);
  std::remove(file.c_str());
}

TEST(DataNoise, LabelNoiseBalancesTheLayersOfAProduct)
{
  // h = x y u has G = m (y, x)(y, x)^T, m = mean u^2, of rank one, and the drift keeps x^2 - y^2. So
  // E[x^2-y^2] falls exactly like exp(-2 eta sigma m t): all mass goes to x = y, there is no
  // invariant density.
  const double m = 1.3299317728, sigma = 0.5, eta = 0.2, end = 2;
  const auto records =
      run_evolution<2>({"Landscape/Kind=regression", "Landscape/Data=" + data + "product.csv",
                        "Landscape/Model=x*y*u", "Noise/Kind=label-noise",
                        assign("Noise/Intensity", sigma), assign("Noise/Learning rate", eta),
                        "Domain/Kind=box", "Domain/Lower corner=-3.5", "Domain/Upper corner=3.5",
                        "Initial density/Mean=1.5, 0.7", "Initial density/Standard deviation=0.15",
                        assign("Time/End", end), assign("Time/Output times", end),
                        "Time/Tolerance=1e-3", "Output/Observables=balance = x^2-y^2"});
  const double start = 1.5 * 1.5 - 0.7 * 0.7;
  EXPECT_NEAR(records.back()["balance"], start * std::exp(-2 * eta * sigma * m * end), 1e-3);
  EXPECT_GE(records.back()["minimum_density"], -1e-12);
  EXPECT_NEAR(records.back()["mass"], 1, 1e-11);
}
