// Orders of convergence, bracketed on both sides, against the exact Ornstein-Uhlenbeck density.
//
// In space: best approximation of degree p is of order p+1 in L2, and the continuous and the
// symmetric interior penalty methods keep that order for elliptic problems. In time: the order of
// the scheme, which the stiff part does not reduce because the density is smooth and vanishes at
// the boundary.
#include "support.h"

#include <cmath>

using namespace lowland;

namespace
{
constexpr double k = 0.3, deviation = 0.4;

/// Short in the plane, and the box narrower: at its sides the exact density is below 1e-8 either
/// way.
template <int dim>
constexpr double end = dim == 1 ? 0.5 : 0.1;
template <int dim>
constexpr double half_width = dim == 1 ? 4 : 3.2;

template <int dim>
OrnsteinUhlenbeck<dim> law()
{
  OrnsteinUhlenbeck<dim> law;
  for (unsigned int i = 0; i < dim; ++i)
  {
    law.hessian[i][i] = 1;
    law.mean[i] = i == 0 ? 0.5 : -0.3;
  }
  law.k = k;
  law.deviation = deviation;
  return law;
}

template <int dim>
double error_at_end(const Settings &settings)
{
  const Settings problem = {"Landscape/Kind=quadratic",
                            "Landscape/Constants=a=1, b=1",
                            assign("Noise/Learning rate", k),
                            "Domain/Kind=box",
                            assign("Domain/Lower corner", -half_width<dim>),
                            assign("Domain/Upper corner", half_width<dim>),
                            dim == 1 ? "Initial density/Mean=0.5"
                                     : "Initial density/Mean=0.5, -0.3",
                            assign("Initial density/Standard deviation", deviation),
                            "Discretization/Adaptation=false",
                            assign("Time/End", end<dim>),
                            assign("Time/Output times", end<dim>)};
  double error = 0;
  run_evolution<dim>(
      problem + settings, [&](double t, const Problem<dim> &problem, const PETScVector &u) {
        const Gaussian<dim> exact = law<dim>().at(t);
        error = l2_distance(problem, u, [&](const Coordinates &x) { return exact.density(x); });
      });
  return error;
}

struct SpaceCase
{
  const char *element, *weight;
};

/// The order between two uniform meshes; steps so short that the fourth order in time leaves
/// nothing.
template <int dim>
void expect_order_in_space(const SpaceCase &c, unsigned int degree, unsigned int refinement,
                           double step)
{
  SCOPED_TRACE(std::string(c.element) + ", weight " + c.weight + ", degree " +
               std::to_string(degree));
  double error[2];
  for (unsigned int i = 0; i < 2; ++i)
    error[i] =
        error_at_end<dim>({std::string("Discretization/Element=") + c.element,
                           std::string("Discretization/Reference weight=") + c.weight,
                           "Discretization/Degree=" + std::to_string(degree),
                           "Discretization/Initial refinement=" + std::to_string(refinement + i),
                           "Time/Scheme=4l", assign("Time/Time step", step)});
  const double order = observed_order(error[0], error[1]);
  EXPECT_GE(order, degree + 0.8) << error[0] << " -> " << error[1];
  EXPECT_LE(order, degree + 1.4) << error[0] << " -> " << error[1];
}

const std::vector<SpaceCase> cases = {{"continuous", "one"},
                                      {"continuous", "invariant"},
                                      {"discontinuous", "one"},
                                      {"discontinuous", "invariant"}};
} // namespace

TEST(Convergence, InSpaceOnTheLineIsOfOrderDegreePlusOne)
{
  for (const SpaceCase &c : cases)
  {
    expect_order_in_space<1>(c, 1, 6, 0.01);
    expect_order_in_space<1>(c, 2, 5, 0.01);
    expect_order_in_space<1>(c, 3, 5, 0.005);
    expect_order_in_space<1>(c, 4, 5, 0.002);
  }
}

TEST(Convergence, InSpaceInThePlaneIsOfOrderDegreePlusOne)
{
  for (const SpaceCase &c : cases)
  {
    expect_order_in_space<2>(c, 1, 5, 0.01);
    expect_order_in_space<2>(c, 2, 4, 0.01);
    expect_order_in_space<2>(c, 3, 4, 0.01);
    expect_order_in_space<2>(c, 4, 4, 0.01);
  }
}

TEST(Convergence, InTimeIsOfTheSchemesOrder)
{
  for (const TimeScheme &scheme : time_schemes())
  {
    if (scheme.order == 0) // exponential_test.cc
      continue;
    SCOPED_TRACE(scheme.name);
    double error[2];
    for (unsigned int i = 0; i < 2; ++i)
      error[i] = error_at_end<1>({"Time/Scheme=" + scheme.name,
                                  assign("Time/Time step", end<1> / (16 << i)),
                                  "Discretization/Degree=6", "Discretization/Initial refinement=6",
                                  "Discretization/Reference weight=invariant"});
    const double order = observed_order(error[0], error[1]);
    EXPECT_NEAR(order, scheme.order, 0.3) << error[0] << " -> " << error[1];
  }
}
