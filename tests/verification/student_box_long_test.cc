// Heavy tails in a box of half-width 1e6: the loss-scaled noise lets the cells grow in proportion
// to their distance, so that the box costs its logarithm.
//   E theta = e^(-2t) theta_0,   E|theta|^2 = L + (s - L) e^(-(4-4k) t),   L = 2k/(2-2k)  (m = 2, c
//   = 1)
#include "support.h"

#include <cmath>

using namespace lowland;

TEST(StudentBox, AMillionWideTakesFewCellsAndKeepsTheMoments)
{
  const double k = 0.25, deviation = 0.3, second_0 = 1 + 2 * deviation * deviation;
  const auto records = run_evolution<2>(
      {"Landscape/Kind=student", "Noise/Kind=loss-scaled", assign("Noise/Learning rate", k),
       "Domain/Kind=box", "Domain/Lower corner=-1e6", "Domain/Upper corner=1e6",
       "Initial density/Mean=1, 0", assign("Initial density/Standard deviation", deviation),
       "Time/Tolerance=1e-6", "Time/End=2", "Time/Output times=0, 0.5, 1, 2",
       "Output/Observables=r2 = x^2 + y^2"});
  const double limit = 2 * k / (2 - 2 * k), rate = 4 - 4 * k;
  for (const Record &record : records)
  {
    const double t = record["time"];
    SCOPED_TRACE(t);
    EXPECT_LE(record["cells"], 12000);
    EXPECT_NEAR(record["mean_x"], std::exp(-2 * t), 1e-5);
    EXPECT_NEAR(record["r2"], limit + (second_0 - limit) * std::exp(-rate * t), 1e-5);
    EXPECT_NEAR(record["mass"], 1, 1e-11);
  }
}
