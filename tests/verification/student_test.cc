// Loss-scaled noise on f = c (1 + |theta|^2), k = eta sigma: the invariant density is Student's t,
// (1 + |theta|^2)^(-1-1/k), the moments obey closed equations, and on the line the whole density is
// known where 1/k + 1/2 is a whole number (reflectionless Poschl-Teller potential).
#include "support.h"

#include <cmath>

using namespace lowland;

namespace
{
/// Moments of f = c (1 + |theta|^2) in m dimensions:
///   E theta' = -2c E theta,   M2' = -(4c - 2kcm) M2 + 2kcm,
///   M4' = -(8c - 4kc(m+2)) M4 + 4kc(m+2) M2,   with Mq = E|theta|^q.
struct Student
{
  double c, k;
  unsigned int m;
  double start, deviation; ///< N((start, 0..), deviation^2 I)

  double mean(double t) const { return start * std::exp(-2 * c * t); }

  double second(double t) const
  {
    const double rate = 4 * c - 2 * k * c * m, limit = 2 * k * c * m / rate;
    return limit + (second_0() - limit) * std::exp(-rate * t);
  }

  double fourth(double t) const
  {
    const double rate2 = 4 * c - 2 * k * c * m, limit2 = 2 * k * c * m / rate2;
    const double source = 4 * k * c * (m + 2), rate4 = 8 * c - source;
    const double steady = source * limit2 / rate4;
    const double forced = source * (second_0() - limit2) / (rate4 - rate2);
    return steady + forced * std::exp(-rate2 * t) +
           (fourth_0() - steady - forced) * std::exp(-rate4 * t);
  }

private:
  double second_0() const { return start * start + m * deviation * deviation; }
  /// (E|x|^2)^2 + Var|x|^2 of a normal law.
  double fourth_0() const
  {
    const double v = deviation * deviation;
    return std::pow(second_0(), 2) + 4 * start * start * v + 2 * m * v * v;
  }
};

Settings settings_of(const Student &s)
{
  const bool line = s.m == 1;
  return {std::string("Landscape/Loss=c*(1 + x^2") + (line ? ")" : " + y^2)"),
          assign("Landscape/Constants=c", s.c),
          "Noise/Kind=loss-scaled",
          assign("Noise/Learning rate", s.k),
          assign("Initial density/Mean", s.start) + (line ? "" : ", 0"),
          assign("Initial density/Standard deviation", s.deviation),
          line ? "Output/Observables=r2 = x^2; r4 = x^4"
               : "Output/Observables=r2 = x^2 + y^2; r4 = (x^2 + y^2)^2"};
}

/// In a box so wide that what it cuts off, of order L^(4+m-2-2/k) of the fourth moment, is below
/// 1e-7. The L1 error is at most 3e-5 and made within |x| < 8 (beyond, the weight gives relative
/// accuracy).
template <int dim>
void expect_exact_moments(const Student &student)
{
  const auto records = run_evolution<dim>(
      settings_of(student) + Settings{"Domain/Kind=box", "Domain/Lower corner=-300",
                                      "Domain/Upper corner=300", "Time/Tolerance=1e-5",
                                      "Time/End=1.5", "Time/Output times=0, 0.25, 0.75, 1.5"});
  const double error = l1_promise * 1e-5;
  for (const Record &record : records)
  {
    const double t = record["time"];
    SCOPED_TRACE(t);
    EXPECT_NEAR(record["mean_x"], student.mean(t), error * 8);
    EXPECT_NEAR(record["r2"], student.second(t), error * 64);
    EXPECT_NEAR(record["r4"], student.fourth(t), error * 4096);
  }
}

/// The law of x at time t from x0, for f = c (1 + x^2) with k = 2/(2 nu - 1), nu = 1 or 2:
/// y = asinh x diffuses in a reflectionless potential.
class Kernel
{
public:
  Kernel(double c, unsigned int nu, double t) : nu_(nu), tau_(2.0 / (2 * nu - 1) * c * t) {}

  double operator()(double x, double x0) const
  {
    const double y = std::asinh(x), y0 = std::asinh(x0), delta = y - y0;
    double sum = std::exp(-delta * delta / (4 * tau_)) / std::sqrt(4 * M_PI * tau_);
    for (unsigned int n = 0; n < nu_; ++n)
    {
      const double kappa = nu_ - n, a = kappa * std::sqrt(tau_), b = delta / (2 * std::sqrt(tau_));
      sum += 0.5 * state(n, y) * state(n, y0) * std::exp(kappa * kappa * tau_) *
             (std::erf(a + b) + std::erf(a - b));
    }
    return std::pow(std::cosh(y0) / std::cosh(y), nu_) / std::cosh(y) *
           std::exp(-1.0 * nu_ * nu_ * tau_) * sum;
  }

private:
  /// Bound state n of the potential with nu levels.
  double state(unsigned int n, double y) const
  {
    const double sech = 1 / std::cosh(y);
    if (nu_ == 1)
      return sech / std::sqrt(2.0);
    return n == 0 ? std::sqrt(0.75) * sech * sech : std::sqrt(1.5) * sech * std::tanh(y);
  }

  unsigned int nu_;
  double tau_;
};

/// The kernel averaged over a Gaussian start. The trapezoidal rule is exact to rounding here,
/// because kernel and Gaussian are analytic and the steps are a fifth of the deviation.
double averaged(const Kernel &kernel, double x, double mean, double deviation)
{
  double sum = 0;
  for (int i = -45; i <= 45; ++i)
    sum +=
        0.2 / std::sqrt(2 * M_PI) * std::exp(-0.02 * i * i) * kernel(x, mean + 0.2 * i * deviation);
  return sum;
}

void expect_exact_density(unsigned int nu, double tolerance)
{
  SCOPED_TRACE("nu = " + std::to_string(nu) + ", tolerance " + std::to_string(tolerance));
  const Student student{0.8, 2.0 / (2 * nu - 1), 1, 0.7, 0.2};
  run_evolution<1>(settings_of(student) + Settings{assign("Time/Tolerance", tolerance),
                                                   "Time/End=0.6",
                                                   "Time/Output times=0.1, 0.3, 0.6"},
                   [&](double t, const Problem<1> &problem, const PETScVector &u) {
                     const Kernel kernel(0.8, nu, t);
                     const double error = l1_distance(problem, u, [&](const Coordinates &x) {
                       return averaged(kernel, x[0], 0.7, 0.2);
                     });
                     SCOPED_TRACE("t = " + std::to_string(t));
                     EXPECT_LE(error, l1_promise * tolerance);
                     EXPECT_GE(error, tolerance / 100);
                   });
}
} // namespace

TEST(Student, TheExactKernelHasItsTabulatedValues)
{
  const Kernel one(0.8, 1, 0.6), two(0.8, 2, 0.6);
  EXPECT_NEAR(one(-2, 0.7), 0.028582408322317, 1e-14);
  EXPECT_NEAR(one(0.5, 0.7), 0.40410485018529, 1e-13);
  EXPECT_NEAR(one(4, 0.7), 0.0090804904364472, 1e-15);
  EXPECT_NEAR(two(0, 0.7), 0.72986784805799, 1e-13);
  EXPECT_NEAR(two(1, 0.7), 0.22588310357341, 1e-13);
}

TEST(Student, OnTheLineMomentsAreExact)
{
  expect_exact_moments<1>({0.5, 0.25, 1, 1, 0.3});
}

TEST(Student, InThePlaneMomentsAreExact)
{
  expect_exact_moments<2>({0.5, 0.2, 2, 1, 0.3});
}

TEST(Student, OnTheLineTheDensityIsExactAtAllTimes)
{
  for (const unsigned int nu : {1, 2})
    for (const double tolerance : {1e-2, 1e-3, 1e-4})
      expect_exact_density(nu, tolerance);
}

// P(|theta| < r) = I_{r^2/(1+r^2)}(m/2, p - m/2), which for m = 2 is 1 - (1+r^2)^(1-p).
TEST(Student, TheLongTimeDensityHasStudentsProbabilities)
{
  const Student student{1, 0.5, 2, 0.5, 0.3};
  const auto records = run_evolution<2>(
      settings_of(student) + Settings{"Domain/Kind=box", "Domain/Lower corner=-1000",
                                      "Domain/Upper corner=1000", "Time/End=12",
                                      "Time/Output times=12", "Time/Tolerance=1e-3"},
      [&](double, const Problem<2> &problem, const PETScVector &u) {
        EXPECT_LE(l1_distance(problem, u,
                              [](const Coordinates &x) {
                                return std::pow(1 + x[0] * x[0] + x[1] * x[1], -3) /
                                       1.5707963267949;
                              }),
                  l1_promise * 1e-3);
      });
  EXPECT_LE(records.back()["l1_to_invariant"], l1_promise * 1e-3);
}
