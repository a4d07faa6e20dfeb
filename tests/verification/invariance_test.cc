// What the scheme keeps exactly: mass (v = 1 is a test function), the invariant density (u = const
// where w = pi), and the fall of chi2 (a symmetric form and an L-stable method contract its norm).
// And what it must find by itself: the invariant density from far away, also with w = 1.
#include "support.h"

#include <algorithm>
#include <cmath>

using namespace lowland;

namespace
{
const Settings ornstein_uhlenbeck_1d = {
    "Landscape/Kind=quadratic", "Landscape/Constants=a=1",
    "Noise/Learning rate=0.2",  "Domain/Kind=box",
    "Domain/Lower corner=-2",   "Domain/Upper corner=2",
    "Initial density/Mean=0.7", "Initial density/Standard deviation=0.2"};
const Settings ornstein_uhlenbeck_2d = {
    "Landscape/Kind=quadratic",       "Landscape/Constants=a=1, b=2",
    "Noise/Learning rate=0.2",        "Domain/Kind=box",
    "Domain/Lower corner=-2",         "Domain/Upper corner=2",
    "Initial density/Mean=0.7, -0.5", "Initial density/Standard deviation=0.2"};
const Settings student_line = {"Landscape/Kind=student",    "Noise/Kind=loss-scaled",
                               "Noise/Learning rate=0.5",   "Domain/Kind=box",
                               "Domain/Lower corner=-1000", "Domain/Upper corner=1000",
                               "Initial density/Mean=1"};
const Settings student_plane = {"Landscape/Kind=student",     "Noise/Kind=loss-scaled",
                                "Noise/Learning rate=0.5",    "Domain/Kind=box",
                                "Domain/Lower corner=-100",   "Domain/Upper corner=100",
                                "Initial density/Mean=1, 0.5"};
const Settings broad = {"Initial density/Standard deviation=0.3"};
const Settings student_1d = student_line + broad, student_2d = student_plane + broad;
const Settings wells = {"Landscape/Kind=double-well", "Noise/Learning rate=0.1", "Domain/Kind=box",
                        "Domain/Lower corner=-2.5", "Domain/Upper corner=2.5"};
const Settings double_well =
    wells + Settings{"Initial density/Mean=1, 0", "Initial density/Standard deviation=0.15"};
/// So narrow that their cells are soon given back.
const Settings student_needle_1d =
    student_line + Settings{"Initial density/Standard deviation=0.01"};
const Settings student_needle_2d = {
    "Landscape/Kind=student",      "Noise/Kind=loss-scaled",
    "Noise/Learning rate=0.5",     "Domain/Kind=box",
    "Domain/Lower corner=-3",      "Domain/Upper corner=3",
    "Initial density/Mean=1, 0.5", "Initial density/Standard deviation=0.003"};
const Settings needle =
    wells + Settings{"Initial density/Mean=0.5, 0.3", "Initial density/Standard deviation=0.03"};

/// Mass is conserved to rounding although the mesh changes under way.
template <int dim>
void expect_mass(const Settings &settings)
{
  const auto records =
      run_evolution<dim>(settings + Settings{"Time/End=2", "Time/Output times=lin(0, 2, 41)"});
  std::vector<double> cells;
  for (const Record &record : records)
  {
    EXPECT_NEAR(record["mass"], 1, 1e-11) << "t = " << record["time"];
    cells.push_back(record["cells"]);
  }
  EXPECT_GT(*std::max_element(cells.begin(), cells.end()),
            *std::min_element(cells.begin(), cells.end()))
      << "the mesh never changed";
}

template <int dim>
void expect_at_rest(const Settings &settings)
{
  const auto records =
      run_evolution<dim>(settings + Settings{"Initial density/Kind=invariant",
                                             "Discretization/Reference weight=invariant",
                                             "Time/End=100", "Time/Output times=0, 1, 10, 100"});
  for (const Record &record : records)
  {
    EXPECT_LE(column(record, "l1_to_invariant"), 1e-10) << "t = " << record["time"];
    EXPECT_NEAR(record["mass"], 1, 1e-11);
  }
}

/// Roundings of the sum may show where chi2 itself is at rounding level.
template <int dim>
void expect_falling_chi2(const Settings &settings)
{
  const auto records =
      run_evolution<dim>(settings + Settings{"Discretization/Reference weight=invariant",
                                             "Discretization/Reference floor=0", "Time/End=2",
                                             "Time/Output times=lin(0, 2, 41)"});
  for (std::size_t i = 1; i < records.size(); ++i)
    EXPECT_LE(column(records[i], "chi2_to_invariant"),
              column(records[i - 1], "chi2_to_invariant") * (1 + 1e-12) + 1e-20)
        << "t = " << records[i]["time"];
}

/// The L1 distance to pi of the density after 20 relaxation times, on a uniform mesh.
double long_time_distance(const Settings &settings, unsigned int refinement)
{
  const auto records = run_evolution<1>(
      settings + Settings{"Discretization/Adaptation=false",
                          "Discretization/Initial refinement=" + std::to_string(refinement),
                          "Time/End=40", "Time/Time step=0.25", "Time/Output times=40"});
  return column(records.back(), "l1_to_invariant");
}

/// Polynomials of degree p approximate pi to order p+1; nothing else is left after long times.
void expect_order_of_long_time_density(const Settings &settings, const std::string &element)
{
  for (unsigned int degree = 1; degree <= 3; ++degree)
  {
    SCOPED_TRACE(element + ", degree " + std::to_string(degree));
    const Settings all = settings + Settings{"Discretization/Reference weight=one",
                                             "Discretization/Element=" + element,
                                             "Discretization/Degree=" + std::to_string(degree)};
    const unsigned int refinement = degree == 1 ? 6 : 5;
    const double coarse = long_time_distance(all, refinement);
    const double fine = long_time_distance(all, refinement + 1);
    EXPECT_GE(observed_order(coarse, fine), degree + 0.8) << coarse << " -> " << fine;
    EXPECT_LE(observed_order(coarse, fine), degree + 1.4) << coarse << " -> " << fine;
  }
}

const Settings isotropic_far = {
    "Landscape/Kind=quadratic", "Landscape/Constants=a=1",
    "Noise/Learning rate=0.3",  "Domain/Kind=box",
    "Domain/Lower corner=-3",   "Domain/Upper corner=3",
    "Initial density/Mean=2",   "Initial density/Standard deviation=0.3"};
const Settings loss_scaled_far = {
    "Landscape/Kind=student",  "Noise/Kind=loss-scaled",
    "Noise/Learning rate=0.5", "Domain/Kind=box",
    "Domain/Lower corner=-4",  "Domain/Upper corner=4",
    "Initial density/Mean=3",  "Initial density/Standard deviation=0.3"};
} // namespace

TEST(Invariance, MassIsConservedThroughMeshChanges)
{
  const Settings discontinuous = {"Discretization/Element=discontinuous"};
  const Settings one = {"Discretization/Reference weight=one"};
  expect_mass<1>(ornstein_uhlenbeck_1d);
  expect_mass<1>(student_needle_1d);
  expect_mass<1>(student_needle_1d + discontinuous);
  expect_mass<2>(student_needle_2d);
  expect_mass<2>(needle);
  expect_mass<2>(needle + discontinuous);
  expect_mass<2>(needle + one);
}

TEST(Invariance, TheInvariantDensityStaysAtRest)
{
  expect_at_rest<1>(ornstein_uhlenbeck_1d);
  expect_at_rest<2>(ornstein_uhlenbeck_2d);
  expect_at_rest<1>(student_1d);
  expect_at_rest<2>(student_2d);
}

TEST(Invariance, TheInvariantDensityStaysAtRestAlsoAboveAFloor)
{
  expect_at_rest<2>(double_well);
}

TEST(Invariance, TheInvariantDensityStaysAtRestInDiscontinuousElements)
{
  expect_at_rest<2>(ornstein_uhlenbeck_2d + Settings{"Discretization/Element=discontinuous"});
  expect_at_rest<1>(student_1d + Settings{"Discretization/Element=discontinuous"});
}

TEST(Invariance, ChiSquareNeverRises)
{
  expect_falling_chi2<1>(ornstein_uhlenbeck_1d);
  expect_falling_chi2<2>(ornstein_uhlenbeck_2d);
  expect_falling_chi2<1>(student_1d);
  expect_falling_chi2<2>(student_2d);
}

TEST(Invariance, ChiSquareNeverRisesOnAFixedMesh)
{
  const Settings fixed = {"Discretization/Adaptation=false", "Discretization/Initial refinement=4",
                          "Discretization/Degree=2"};
  expect_falling_chi2<1>(ornstein_uhlenbeck_1d + fixed);
  expect_falling_chi2<2>(ornstein_uhlenbeck_2d + fixed);
  expect_falling_chi2<2>(ornstein_uhlenbeck_2d + fixed +
                         Settings{"Discretization/Element=discontinuous"});
}

TEST(Invariance, TheGibbsDensityIsFoundAtTheElementsOrder)
{
  expect_order_of_long_time_density(isotropic_far, "continuous");
  expect_order_of_long_time_density(isotropic_far, "discontinuous");
}

TEST(Invariance, ThePowerLawIsFoundAtTheElementsOrder)
{
  expect_order_of_long_time_density(loss_scaled_far, "continuous");
  expect_order_of_long_time_density(loss_scaled_far, "discontinuous");
}

// With w = pi the limit is built in: what is left is the decay, e^(-40) and faster, and rounding.
TEST(Invariance, WithTheInvariantWeightTheLimitIsExactOnAnyMesh)
{
  const Settings invariant = {"Discretization/Reference weight=invariant",
                              "Discretization/Reference floor=0", "Discretization/Degree=2"};
  EXPECT_LE(long_time_distance(isotropic_far + invariant, 4), 1e-10);
  EXPECT_LE(long_time_distance(loss_scaled_far + invariant, 4), 1e-10);
}
