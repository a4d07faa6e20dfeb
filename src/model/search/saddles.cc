#include "model/search/saddles.h"

#include "model/search/point_vector.h"

#include <boost/numeric/odeint.hpp>
#include <petscsnes.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

namespace lowland
{
namespace
{
PetscErrorCode gradient(SNES, Vec x, Vec residual, void *landscape)
{
  set_entries(residual, gradient_at(*static_cast<const Landscape *>(landscape), to_coordinates(x)));
  return 0;
}

PetscErrorCode hessian(SNES, Vec x, Mat h, Mat, void *landscape)
{
  set_hessian(h, *static_cast<const Landscape *>(landscape), to_coordinates(x));
  return 0;
}

/// Newton's method on grad f = 0, set up once for all starts.
class CriticalPoints
{
public:
  explicit CriticalPoints(const Landscape &landscape)
  {
    const PetscInt d = landscape.dimension();
    VecCreateSeq(PETSC_COMM_SELF, d, &x_);
    VecDuplicate(x_, &residual_);
    MatCreateSeqDense(PETSC_COMM_SELF, d, d, nullptr, &hessian_);
    void *const context = const_cast<Landscape *>(&landscape);
    SNESCreate(PETSC_COMM_SELF, &solver_);
    SNESSetOptionsPrefix(solver_, "saddles_"); // the user's options are for other solvers
    SNESSetFunction(solver_, residual_, gradient, context);
    SNESSetJacobian(solver_, hessian_, hessian_, hessian, context);
    SNESSetTolerances(solver_, 1e-14, 1e-14, 1e-14, 100, 1000);
  }
  ~CriticalPoints()
  {
    SNESDestroy(&solver_);
    MatDestroy(&hessian_);
    VecDestroy(&residual_);
    VecDestroy(&x_);
  }
  CriticalPoints(const CriticalPoints &) = delete;

  std::optional<Coordinates> from(const Coordinates &start)
  {
    const QuietPetsc quiet;
    set_entries(x_, start);
    SNESConvergedReason reason;
    if (SNESSolve(solver_, nullptr, x_) != 0 || SNESGetConvergedReason(solver_, &reason) != 0 ||
        reason <= 0)
      return {};
    return to_coordinates(x_);
  }

private:
  Vec x_ = nullptr, residual_ = nullptr;
  Mat hessian_ = nullptr;
  SNES solver_ = nullptr;
};

/// n points strictly between a and b.
std::vector<Coordinates> between(const Coordinates &a, const Coordinates &b, unsigned int n)
{
  std::vector<Coordinates> points;
  for (unsigned int k = 1; k <= n; ++k)
    points.push_back(along(a, k / (n + 1.0), along(b, -1, a)));
  return points;
}

/// The highest point of the segment from a to b.
Coordinates highest_between(const Landscape &landscape, const Coordinates &a, const Coordinates &b)
{
  Coordinates highest = a;
  for (const Coordinates &x : between(a, b, 201))
    if (landscape.value(x) > landscape.value(highest))
      highest = x;
  return highest;
}

/// Cell centres of a grid over the bounding box of the minima and half as much around it.
std::vector<Coordinates> grid_around(const std::vector<Coordinates> &minima, unsigned int dimension)
{
  const unsigned int n_per_side[] = {0, 200, 16, 8};
  const unsigned int n = n_per_side[dimension];
  Coordinates low = minima[0], high = minima[0];
  for (const Coordinates &x : minima)
    for (unsigned int i = 0; i < dimension; ++i)
    {
      low[i] = std::min(low[i], x[i]);
      high[i] = std::max(high[i], x[i]);
    }
  const double margin = distance(low, high) / 2;
  std::vector<Coordinates> points;
  for (unsigned int k = 0; k < std::lround(std::pow(n, dimension)); ++k)
  {
    Coordinates x{};
    for (unsigned int i = 0, rest = k; i < dimension; ++i, rest /= n)
      x[i] = low[i] - margin + (high[i] - low[i] + 2 * margin) * (rest % n + 0.5) / n;
    points.push_back(x);
  }
  return points;
}

/// The minimum to which steepest descent dx/dt = -grad f leads; nothing if it leaves the region.
std::optional<std::size_t> end_of_descent(const Landscape &landscape, const SearchRegion &region,
                                          const Coordinates &start, double time_scale,
                                          const std::vector<Coordinates> &minima)
{
  namespace odeint = boost::numeric::odeint;
  using State = boost::numeric::ublas::vector<double>;
  using Matrix = boost::numeric::ublas::matrix<double>;
  const unsigned int d = landscape.dimension();
  const auto point_of = [d](const State &x) {
    Coordinates point{};
    std::copy_n(x.begin(), d, point.begin());
    return point;
  };
  const auto descent = [&](const State &x, State &velocity, double) {
    const Coordinates g = gradient_at(landscape, point_of(x));
    for (unsigned int i = 0; i < d; ++i)
      velocity[i] = -g[i];
  };
  const auto derivative = [&](const State &x, Matrix &matrix, const double &, State &in_time) {
    const auto h = values_at(landscape, point_of(x), Derivatives::hessian).hessian;
    for (unsigned int i = 0; i < d; ++i)
      for (unsigned int j = 0; j < d; ++j)
        matrix(i, j) = -finite_or(h[packed(i, j)][0], i == j);
    in_time = State(d, 0.0);
  };
  State x(d);
  std::copy_n(start.begin(), d, x.begin());
  const double length = distance(region.lower, region.upper);
  for (int doublings = 0; doublings < 30; ++doublings)
  {
    const double time = std::ldexp(time_scale, doublings);
    odeint::integrate_adaptive(
        odeint::make_controlled<odeint::rosenbrock4<double>>(1e-8 * length, 1e-8),
        std::make_pair(descent, derivative), x, 0.0, time, 0.01 * time);
    const Coordinates point = point_of(x);
    for (unsigned int i = 0; i < d; ++i)
      if (!(point[i] >= region.lower[i] && point[i] <= region.upper[i]))
        return {};
    for (std::size_t k = 0; k < minima.size(); ++k)
      if (distance(point, minima[k]) < 1e-3 * distance(start, minima[k]))
        return k;
  }
  return {};
}

/// Whether exactly one curvature is negative and none vanishes.
bool is_saddle(const LocalQuadratic &loss, unsigned int dimension)
{
  const double small =
      1e-8 * std::max(std::abs(loss.curvatures[0]), std::abs(loss.curvatures[dimension - 1]));
  return loss.curvatures[0] < -small && (dimension == 1 || loss.curvatures[1] > small);
}
} // namespace

std::vector<Saddle> find_saddles(const Landscape &landscape, const SearchRegion &region,
                                 const std::vector<Coordinates> &minima)
{
  const unsigned int d = landscape.dimension();
  std::vector<Coordinates> starts = grid_around(minima, d);
  for (std::size_t i = 0; i < minima.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      starts.push_back(highest_between(landscape, minima[i], minima[j]));
  const double length = distance(region.lower, region.upper);
  const auto is_inside = [&](const Coordinates &x) {
    for (unsigned int i = 0; i < d; ++i)
      if (!(x[i] > region.lower[i] && x[i] < region.upper[i]))
        return false;
    return !region.contains || region.contains(x);
  };

  CriticalPoints critical_points(landscape);
  std::vector<Coordinates> seen;
  std::vector<Saddle> saddles;
  for (const Coordinates &start : starts)
  {
    const auto point = is_inside(start) ? critical_points.from(start) : std::nullopt;
    if (!point || !is_inside(*point) ||
        std::any_of(seen.begin(), seen.end(),
                    [&](const Coordinates &x) { return distance(x, *point) < 1e-6 * length; }))
      continue;
    seen.push_back(*point);
    Saddle saddle{*point, local_quadratic(landscape, *point)};
    if (!is_saddle(saddle.loss, d))
      continue;
    double nearest = length;
    for (const Coordinates &minimum : minima)
      nearest = std::min(nearest, distance(minimum, *point));
    const double time = 1 / std::abs(saddle.loss.curvatures[0]);
    const auto end = [&](double step) {
      return end_of_descent(landscape, region, along(*point, step, saddle.loss.directions[0]), time,
                            minima);
    };
    const auto from = end(-1e-3 * nearest), to = end(1e-3 * nearest);
    if (!from || !to || *from == *to)
      continue;
    saddle.from = std::min(*from, *to);
    saddle.to = std::max(*from, *to);
    saddles.push_back(saddle);
  }
  std::stable_sort(saddles.begin(), saddles.end(),
                   [](const Saddle &a, const Saddle &b) { return a.loss.loss < b.loss.loss; });
  return saddles;
}

double connecting_loss(const Landscape &landscape, const std::vector<Coordinates> &points,
                       const std::vector<Saddle> &saddles)
{
  struct Edge
  {
    double loss;
    std::size_t i, j;
  };
  std::vector<Edge> edges;
  edges.reserve(saddles.size());
  for (const Saddle &saddle : saddles)
    edges.push_back({saddle.loss.loss, saddle.from, saddle.to});
  for (std::size_t i = 0; i < points.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      edges.push_back({landscape.value(highest_between(landscape, points[i], points[j])), i, j});
  std::sort(edges.begin(), edges.end(),
            [](const Edge &a, const Edge &b) { return a.loss < b.loss; });
  // Kruskal's algorithm: the last edge that joins two parts is the largest of the tree.
  std::vector<std::size_t> part(points.size());
  std::iota(part.begin(), part.end(), 0);
  double largest = -std::numeric_limits<double>::infinity();
  for (const Edge &edge : edges)
    if (part[edge.i] != part[edge.j])
    {
      std::replace(part.begin(), part.end(), std::size_t(part[edge.i]), std::size_t(part[edge.j]));
      largest = edge.loss;
    }
  return largest;
}
} // namespace lowland
