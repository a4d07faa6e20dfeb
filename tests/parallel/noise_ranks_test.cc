// The number of ranks changes no result: every noise beside isotropic and loss-scaled, and a
// schedule.
#include "agreement.h"

using namespace lowland;

namespace
{
const Settings short_run = {"Domain/Kind=box", "Time/Tolerance=2e-2", "Time/End=0.2"};
const Settings bowl =
    short_run +
    Settings{"Landscape/Loss=x^2 + x*y/2 + y^2", "Noise/Learning rate=0.2",
             "Domain/Lower corner=-3",           "Domain/Upper corner=3",
             "Initial density/Mean=0.5, 0.2",    "Initial density/Standard deviation=0.3"};
const Settings samples =
    short_run + Settings{"Landscape/Kind=regression",
                         "Landscape/Model=x*y*u",
                         "Landscape/Data=" LOWLAND_SOURCE_DIR "/params/data/product.csv",
                         "Noise/Learning rate=0.2",
                         "Domain/Lower corner=-3.5",
                         "Domain/Upper corner=3.5",
                         "Initial density/Mean=1.2, 0.9",
                         "Initial density/Standard deviation=0.3"};
} // namespace

TEST(NoiseRanks, Tensor)
{
  expect_same_on_all_ranks<2>(
      "tensor", bowl + Settings{"Noise/Kind=tensor", "Noise/Tensor=xx=1+x^2/4; xy=0.2; yy=0.5"});
}
TEST(NoiseRanks, TensorOfRankOne)
{
  expect_same_on_all_ranks<2>("rank_one",
                              bowl + Settings{"Noise/Kind=tensor", "Noise/Tensor=yy=1"});
}
TEST(NoiseRanks, Hessian)
{
  expect_same_on_all_ranks<2>("hessian", bowl + Settings{"Noise/Kind=hessian"});
}
TEST(NoiseRanks, LossScaledHessian)
{
  expect_same_on_all_ranks<2>("scaled_hessian", bowl + Settings{"Noise/Kind=loss-scaled hessian"});
}
TEST(NoiseRanks, SumUnderASchedule)
{
  expect_same_on_all_ranks<2>(
      "sum", bowl + Settings{"Noise/Kind=isotropic + hessian", "Learning rate schedule/Kind=cosine",
                             "Learning rate schedule/Lowest learning rate=0.05"});
}
TEST(NoiseRanks, LabelNoise)
{
  expect_same_on_all_ranks<2>("label",
                              samples + Settings{"Noise/Kind=label-noise", "Noise/Intensity=0.5"});
}
TEST(NoiseRanks, Fisher)
{
  expect_same_on_all_ranks<2>("fisher",
                              samples + Settings{"Noise/Kind=fisher", "Noise/Intensity=0.5"});
}
TEST(NoiseRanks, Minibatch)
{
  expect_same_on_all_ranks<2>("minibatch",
                              samples + Settings{"Noise/Kind=minibatch", "Noise/Batch size=4"});
}
