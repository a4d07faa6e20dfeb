// The number of ranks changes no start that is computed. The run on 1 rank leaves the folder that all start from.
#include "agreement.h"

using namespace lowland;

namespace
{
/// In a box with this lower corner.
Settings bowl(double lower = -3)
{
  return {"Landscape/Loss=x^2 + x*y/2 + y^2",
          "Noise/Learning rate=0.2",
          "Domain/Kind=box",
          assign("Domain/Lower corner", lower),
          "Domain/Upper corner=3",
          "Time/Tolerance=2e-2",
          "Time/End=0.2",
          "Initial density/Mean=0.5, 0.2"};
}
} // namespace

TEST(StartRanks, File)
{
  const std::string folder = "ranks_start_run";
  if (n_ranks() == 1)
  {
    RunOptions options;
    options.output = folder;
    options.quiet = options.overwrite = true;
    ASSERT_EQ(
        evolve(Parameters::from_text(
                   "", "test",
                   bowl() + Settings{"Output/Fields=", "Initial density/Standard deviation=0.3"}),
               options),
        exit_done);
  }
  expect_same_on_all_ranks<2>(
      "start_file",
      bowl(-3.3) + Settings{"Initial density/Kind=file", "Initial density/File=" + folder});
}

TEST(StartRanks, InvariantDensityOfOtherNoise)
{
  expect_same_on_all_ranks<2>(
      "start_noise", bowl() + Settings{"Initial density/Kind=invariant",
                                       "Initial density/Noise=Kind=tensor; Tensor=0.1; 0.05; 0.2"});
}

TEST(StartRanks, LimitedMassOfARankOneNoiseOnACoarseMesh)
{
  expect_same_on_all_ranks<2>(
      "limited",
      bowl() + Settings{"Noise/Kind=tensor", "Noise/Tensor=yy = 0.2",
                        "Initial density/Standard deviation=0.1", "Discretization/Adaptation=false",
                        "Discretization/Initial refinement=3", "Discretization/Degree=2"});
}
