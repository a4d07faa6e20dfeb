// The density at time 0, and its mass in the whole space.
#include "model/initial_density.h"

#include <gtest/gtest.h>

namespace lowland
{
namespace
{
// The measure r^(K-1) moves a Gaussian of the radius outwards, and must not change what share of the mixture it is.
TEST(InitialDensity, GaussiansOfARadiusHaveTheirWeightsAsMasses)
{
  struct Case
  {
    const char *radial_dimension;
    double between; ///< the two Gaussians
  };
  for (const Case &radius : {Case{"1", 1.5}, Case{"2", 1.5}, Case{"10", 1.8}, Case{"400", 4.9}})
  {
    SCOPED_TRACE(radius.radial_dimension);
    const Parameters parameters = Parameters::from_text(
        "", "test",
        {"Dimension=1", "Landscape/Loss=x^2/2",
         std::string("Landscape/Radial dimension=") + radius.radial_dimension,
         "Initial density/Kind=mixture", "Initial density/Mean=0.02; 3",
         "Initial density/Standard deviation=0.2", "Initial density/Weights=0.3, 0.7"});
    const Model model(parameters);
    const InitialDensity start(parameters);
    const std::size_t n = 40000;
    const double h = 10.0 / n, first = std::stoi(radius.radial_dimension) == 1 ? -2.0 : 0.0;
    Points points(1, n);
    for (std::size_t q = 0; q < n; ++q)
      points.x[0][q] = first + (q + 0.5) * h;
    std::vector<double> densities, measure;
    start.evaluate(points, model, densities);
    model.measure(points, measure);
    double below = 0, above = 0;
    for (std::size_t q = 0; q < n; ++q)
      (points.x[0][q] < radius.between ? below : above) += h * measure[q] * densities[q];
    EXPECT_NEAR(below, 0.3, 1e-7);
    EXPECT_NEAR(above, 0.7, 1e-7);
    EXPECT_NEAR(start.mass(), 1.0, 1e-14);
  }
}

TEST(InitialDensity, ARadiusHasNoNegativeMean)
{
  EXPECT_THROW(InitialDensity(Parameters::from_text("", "test",
                                                    {"Dimension=2", "Landscape/Loss=x^2+y^2",
                                                     "Landscape/Radial dimension=3",
                                                     "Initial density/Mean=0, -1"})),
               InputError);
}
} // namespace
} // namespace lowland
