// Sets around minima, passes between them, and the asymptotic rates made from both.
#include "model/escape/rate_formulas.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace lowland;

namespace
{
Model model_of(const std::vector<std::string> &settings)
{
  return Model(Parameters::from_text("", "test", settings));
}

Coordinates at(double x, double y)
{
  return coordinates({x, y});
}

SearchRegion square(double half_width)
{
  SearchRegion region;
  region.lower = at(-half_width, -half_width);
  region.upper = at(half_width, half_width);
  return region;
}
} // namespace

// H = diag(2, 8) turned by 45 degrees, eta sigma = 0.25: half axes sqrt(2 r k/h) = 0.5 and 0.25.
TEST(Wells, SetsAreEllipsoidsOfTheHessian)
{
  const Model model =
      model_of({"Landscape/Loss=5*(x^2+y^2)/2 - 3*x*y", "Noise/Learning rate=0.25"});
  const Well well = well_at(model, {}, 1);
  const double s = std::sqrt(0.5);
  EXPECT_NEAR(well.smallest_radius(), 0.25, 1e-14);
  EXPECT_TRUE(well.contains(at(0.499 * s, 0.499 * s)));
  EXPECT_FALSE(well.contains(at(0.501 * s, 0.501 * s)));
  EXPECT_TRUE(well.contains(at(0.249 * s, -0.249 * s)));
  EXPECT_FALSE(well.contains(at(0.251 * s, -0.251 * s)));
}

// At the wall x = 2, where f falls outwards, and at a quartic minimum.
TEST(Wells, OnTheLineSetsArePointsWhateverTheCurvature)
{
  for (const auto &[loss, point] : {std::pair{"x - x^3/3", 2.0}, std::pair{"x^4", 0.0}})
  {
    const std::vector<std::string> settings = {"Dimension=1", std::string("Landscape/Loss=") + loss,
                                               "Noise/Learning rate=0.4"};
    const Well well = well_at(model_of(settings), at(point, 0), 1);
    EXPECT_TRUE(well.contains(at(point, 0))) << loss;
    EXPECT_FALSE(well.contains(at(point - 1, 0))) << loss;
  }
}

TEST(Wells, TheLossScalesTheSets)
{
  const std::vector<std::string> settings = {"Landscape/Loss=(x^2+y^2)/2 + 0.5",
                                             "Noise/Kind=loss-scaled", "Noise/Learning rate=0.25"};
  EXPECT_NEAR(well_at(model_of(settings), {}, 2).smallest_radius(), std::sqrt(0.5), 1e-14);
}

TEST(Wells, SetsOverlapFromTheSumOfTheirRadiiOn)
{
  const Model model = model_of({"Landscape/Loss=(x^2+4*y^2)/2", "Noise/Learning rate=0.5"});
  const Well well = well_at(model, {}, 1); // half axes 1 and 1/2
  for (const double d : {0.0, 0.5, 1.9, 1.999})
    EXPECT_TRUE(overlap(well, well_at(model, at(d, 0), 1))) << d;
  EXPECT_FALSE(overlap(well, well_at(model, at(2.001, 0), 1)));
  EXPECT_TRUE(overlap(well, well_at(model, at(0, 0.999), 1)));
  EXPECT_FALSE(overlap(well, well_at(model, at(0, 1.001), 1)));
}

// f = (x^2-1)^2 + (y^2-1)^2 has four minima, four passes at f = 1 and a maximum at f = 2.
TEST(Saddles, ThePassesOfASquareOfWellsAreFound)
{
  const Landscape landscape(2, "(x^2-1)^2 + (y^2-1)^2");
  const std::vector<Coordinates> minima = {at(-1, -1), at(1, -1), at(1, 1), at(-1, 1)};
  const auto saddles = find_saddles(landscape, square(2), minima);
  ASSERT_EQ(saddles.size(), 4u);
  for (const Saddle &saddle : saddles)
  {
    EXPECT_NEAR(saddle.loss.loss, 1, 1e-12);
    EXPECT_NEAR(saddle.loss.curvatures[0], -4, 1e-9);
    EXPECT_NEAR(saddle.loss.curvatures[1], 8, 1e-9);
    EXPECT_EQ((saddle.from + saddle.to) % 2, 1u); // neighbours
  }
  EXPECT_NEAR(connecting_loss(landscape, minima, saddles), 1, 1e-12);
  EXPECT_NEAR(connecting_loss(landscape, minima, {}), 1, 1e-3);
}

// Without saddles the straight segments bound the pass from above; 0.201 samples see it to 1e-3.
TEST(Saddles, AMaximumOrAMinimumIsNone)
{
  const Landscape landscape(2, "cos(x) + cos(y)");
  EXPECT_TRUE(find_saddles(landscape, square(2), {at(0, 0)}).empty());
}

// |mu|/(2 pi) sqrt(det H_a/|det H_s|) exp(-(f_s - f_a)/k), by hand for f = (x^2-1)^2 + y^2 + x^2 y^2:
// H_a = diag(8, 4), H_s = diag(-4, 2).
TEST(RateFormulas, EyringKramersInThePlane)
{
  const double k = 0.1;
  Model model = model_of({"Landscape/Loss=(x^2-1)^2 + y^2 + x^2*y^2", "Noise/Learning rate=0.1"});
  model.equilibrium.emplace(model.noise->equilibrium(), 0.0);
  const std::vector<Coordinates> minima = {at(-1, 0), at(1, 0)};
  const auto chain =
      asymptotic_chain(model, {well_at(model, minima[0], 1), well_at(model, minima[1], 1)},
                       find_saddles(model.landscape, square(2), minima));
  ASSERT_TRUE(chain);
  EXPECT_NEAR(chain->rate(0, {1}), 4 / (2 * M_PI) * std::sqrt(32.0 / 8) * std::exp(-1 / k), 1e-10);
}

// |mu|/(2 pi) sqrt(det H_a/|det H_s|) (f_s/f_a)^-(1/k + 1 - d/2).
TEST(RateFormulas, APowerOfTheRatioOfLossesInThePlane)
{
  const double k = 0.1;
  Model model = model_of({"Landscape/Loss=(x^2-1)^2 + y^2 + x^2*y^2 + 0.5",
                          "Noise/Kind=loss-scaled", "Noise/Learning rate=0.1"});
  model.equilibrium.emplace(model.noise->equilibrium(), 0.5);
  const std::vector<Coordinates> minima = {at(-1, 0), at(1, 0)};
  const auto saddles = find_saddles(model.landscape, square(2), minima);
  const auto chain = asymptotic_chain(
      model, {well_at(model, minima[0], 1), well_at(model, minima[1], 1)}, saddles);
  ASSERT_TRUE(chain);
  EXPECT_NEAR(chain->rate(0, {1}), 4 / M_PI * std::pow(3.0, -1 / k), 1e-12);
  EXPECT_FALSE(
      asymptotic_chain(model, {well_at(model, minima[0], 1), well_at(model, minima[1], 1)}, {}));
}
