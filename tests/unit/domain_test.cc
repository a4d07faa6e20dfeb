// The box that `auto` finds for the invariant density.
#include "input/parameters.h"
#include "model/domain/domain.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace lowland;

namespace
{
constexpr double mass_left_out = 1e-10;

Domain box_around_well_at(double x, unsigned int dimension)
{
  const std::string shifted = "(x - (" + std::to_string(x) + "))";
  const auto parameters =
      Parameters::from_text("", "test",
                            {"Dimension=" + std::to_string(dimension),
                             "Landscape/Loss=" + shifted + "^2/2" + (dimension > 1 ? "+y^2" : ""),
                             "Noise/Learning rate=0.01", "Domain/Mass left out=1e-10"});
  return Domain::create(parameters, Model(parameters), InitialDensity::invariant());
}
} // namespace

// With eta sigma = 0.01 the density is normal with a standard deviation of 0.1.
TEST(AutoBox, IsTightAroundAWellHoweverFar)
{
  for (const unsigned int dimension : {1, 2})
    for (const double x : {0.0, 9.5, 100.0, -3000.0, 2e6})
    {
      SCOPED_TRACE(x);
      const Domain box = box_around_well_at(x, dimension);
      for (const double half : {box.upper[0] - x, x - box.lower[0]})
      {
        EXPECT_LT(std::erfc(half / (0.1 * std::sqrt(2))), mass_left_out);
        EXPECT_LT(half, 0.8);
      }
    }
}
