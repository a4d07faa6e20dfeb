#include "model/minima.h"

#include "model/local_quadratic.h"
#include "model/point_vector.h"

#include <petsctao.h>

#include <algorithm>
#include <cmath>

namespace lowland
{
namespace
{
constexpr double stand_in = 1e100; ///< for values that are not finite, which PETSc refuses

PetscErrorCode loss_and_gradient(Tao, Vec x, PetscReal *loss, Vec gradient, void *context)
{
  const auto &landscape = *static_cast<const Landscape *>(context);
  const Coordinates point = to_coordinates(x);
  *loss = finite_or(landscape.value(point), stand_in);
  set_entries(gradient, gradient_at(landscape, point));
  return 0;
}

PetscErrorCode hessian(Tao, Vec x, Mat h, Mat, void *landscape)
{
  set_hessian(h, *static_cast<const Landscape *>(landscape), to_coordinates(x));
  return 0;
}

/// Grid of starts, n a side, at cell centres moved off the points of symmetry, which may be maxima.
void add_grid(const SearchRegion &box, unsigned int n, unsigned int dimension,
              std::vector<Coordinates> &starts)
{
  const Coordinates off_centre = {{0.47, 0.44, 0.46}};
  const unsigned int total = std::lround(std::pow(n, dimension));
  for (unsigned int k = 0; k < total; ++k)
  {
    Coordinates start{};
    for (unsigned int i = 0, rest = k; i < dimension; ++i, rest /= n)
      start[i] = box.lower[i] + (box.upper[i] - box.lower[i]) * (rest % n + off_centre[i]) / n;
    starts.push_back(start);
  }
}

/// The box's corners and the middles of its edges and faces, where a boundary minimum may have a
/// small basin.
void add_boundary(const SearchRegion &box, unsigned int dimension, std::vector<Coordinates> &starts)
{
  for (unsigned int k = 0; k < std::lround(std::pow(3, dimension)); ++k)
  {
    Coordinates start{};
    for (unsigned int i = 0, rest = k; i < dimension; ++i, rest /= 3)
      start[i] = box.lower[i] + (box.upper[i] - box.lower[i]) * (rest % 3) / 2;
    starts.push_back(start);
  }
}

/// The box shrunk by `factor` around `centre`, kept inside the box.
SearchRegion shrunk(const SearchRegion &box, const Coordinates &centre, double factor)
{
  SearchRegion smaller = box;
  for (unsigned int i = 0; i < 3; ++i)
  {
    const double half = factor * (box.upper[i] - box.lower[i]) / 2;
    smaller.lower[i] = std::clamp(centre[i] - half, box.lower[i], box.upper[i]);
    smaller.upper[i] = std::clamp(centre[i] + half, box.lower[i], box.upper[i]);
  }
  return smaller;
}

double width(const SearchRegion &box, unsigned int dimension)
{
  double widest = 0;
  for (unsigned int i = 0; i < dimension; ++i)
    widest = std::max(widest, box.upper[i] - box.lower[i]);
  return widest;
}

/// A uniform grid, and coarser ones in ever smaller boxes around the centre and the origin, down to
/// a width of 1.
std::vector<Coordinates> starts_in(const SearchRegion &region, unsigned int dimension)
{
  const unsigned int n_per_side[] = {0, 24, 9, 5};
  Coordinates middle{};
  for (unsigned int i = 0; i < dimension; ++i)
    middle[i] = (region.lower[i] + region.upper[i]) / 2;
  std::vector<Coordinates> starts;
  add_grid(region, n_per_side[dimension], dimension, starts);
  add_boundary(region, dimension, starts);
  for (double factor = 0.2; factor * width(region, dimension) > 1; factor *= 0.2)
    for (const Coordinates &centre : {middle, Coordinates{}})
      add_grid(shrunk(region, centre, factor), 3, dimension, starts);
  if (region.contains)
    starts.erase(std::remove_if(starts.begin(), starts.end(),
                                [&](const Coordinates &x) { return !region.contains(x); }),
                 starts.end());
  return starts;
}

/// Length over which a minimum is told from its surroundings.
double resolution(const Coordinates &point, const SearchRegion &region, unsigned int dimension)
{
  return 1e-4 * std::min(1 + norm(point), width(region, dimension));
}

Coordinates clamped(Coordinates point, const SearchRegion &region)
{
  for (unsigned int i = 0; i < 3; ++i)
    point[i] = std::clamp(point[i], region.lower[i], region.upper[i]);
  return point;
}

/// No lower value a little way along the Hessian's eigenvectors and the axes: true at minima, also
/// degenerate ones and kinks, false at saddles and where the search stopped on a slope.
bool is_minimum(const Landscape &landscape, const SearchRegion &region, const Coordinates &point,
                const LocalQuadratic &quadratic)
{
  const unsigned int d = landscape.dimension();
  const double step = resolution(point, region, d);
  const double loss = landscape.value(point);
  const double noise = 1e-12 * std::fabs(loss);
  for (unsigned int k = 0; k < 2 * d; ++k)
    for (const double side : {-step, step})
    {
      const Coordinates direction = k < d ? quadratic.directions[k] : axis(k - d);
      const double nearby = landscape.value(clamped(along(point, side, direction), region));
      if (nearby < loss - noise)
        return false;
    }
  return std::isfinite(loss);
}

/// Where the way from a point outside to one inside enters the region.
Coordinates entry(const SearchRegion &region, const Coordinates &outside, const Coordinates &inside)
{
  double out = 0, in = 1;
  const Coordinates way = along(inside, -1, outside);
  for (unsigned int halving = 0; halving < 40; ++halving)
    (region.contains(along(outside, (out + in) / 2, way)) ? in : out) = (out + in) / 2;
  return along(outside, in, way);
}

/// No lower value a little way off, in the region or on along its boundary.
bool is_boundary_minimum(const Landscape &landscape, const SearchRegion &region,
                         const Coordinates &point)
{
  const unsigned int d = landscape.dimension(), n = std::lround(std::pow(3, d));
  const double step = resolution(point, region, d);
  std::vector<Coordinates> around;
  Coordinates inside = point;
  double n_inside = 0;
  for (unsigned int k = 0; k < n; ++k)
  {
    Coordinates nearby = point;
    for (unsigned int i = 0, rest = k; i < d; ++i, rest /= 3)
      nearby[i] += step * (static_cast<int>(rest % 3) - 1);
    around.push_back(nearby);
    if (region.contains(nearby))
    {
      ++n_inside;
      inside = along(inside, 1 / n_inside, along(nearby, -1, inside)); // their mean
    }
  }
  const double loss = landscape.value(point);
  const double noise = 1e-12 * std::fabs(loss) + 1e-10 * std::fabs(landscape.value(inside) - loss);
  const auto is_lower = [&](const Coordinates &nearby) {
    const bool within = region.contains(nearby);
    return landscape.value(within ? nearby : entry(region, nearby, inside)) < loss - noise;
  };
  return std::isfinite(loss) && std::none_of(around.begin(), around.end(), is_lower);
}

bool is_degenerate(const Minimum &minimum, unsigned int dimension)
{
  return minimum.curvatures[0] <= 1e-6 * std::fabs(minimum.curvatures[dimension - 1]);
}

/// Drops duplicates, and all but a few representatives of each loss value on which minima are
/// degenerate.
std::vector<Minimum> distinct(std::vector<Minimum> minima, const SearchRegion &region,
                              unsigned int dimension)
{
  constexpr int n_representatives = 8;
  std::stable_sort(minima.begin(), minima.end(),
                   [](const Minimum &a, const Minimum &b) { return a.loss < b.loss; });
  std::vector<Minimum> kept;
  for (const Minimum &minimum : minima)
  {
    const double same_point = 10 * resolution(minimum.point, region, dimension);
    const double same_loss = 1e-10 * (1 + std::fabs(minimum.loss));
    bool is_known = false;
    int n_alike = 0;
    for (const Minimum &other : kept)
    {
      is_known = is_known || distance(minimum.point, other.point) < same_point;
      n_alike += is_degenerate(other, dimension) && minimum.loss - other.loss < same_loss;
    }
    if (!is_known && (n_alike < n_representatives || !is_degenerate(minimum, dimension)))
      kept.push_back(minimum);
  }
  return kept;
}
} // namespace

/// TAO's bounded Newton method with a trust region, set up once for all starts.
struct Minimizer::Implementation
{
  Vec x = nullptr, lower = nullptr, upper = nullptr;
  Mat h = nullptr;
  Tao tao = nullptr;

  Implementation(const Landscape &landscape, const Coordinates &lower_corner,
                 const Coordinates &upper_corner)
  {
    const PetscInt d = landscape.dimension();
    VecCreateSeq(PETSC_COMM_SELF, d, &x);
    VecDuplicate(x, &lower);
    VecDuplicate(x, &upper);
    set_entries(lower, lower_corner);
    set_entries(upper, upper_corner);
    MatCreateSeqDense(PETSC_COMM_SELF, d, d, nullptr, &h);
    void *const context = const_cast<Landscape *>(&landscape);
    TaoCreate(PETSC_COMM_SELF, &tao);
    TaoSetOptionsPrefix(tao, "minima_"); // the user's options are for the time steps
    TaoSetType(tao, TAOBNTR);
    TaoSetSolution(tao, x);
    TaoSetVariableBounds(tao, lower, upper);
    TaoSetObjectiveAndGradient(tao, nullptr, loss_and_gradient, context);
    TaoSetHessian(tao, h, h, hessian, context);
    // As far as roundings let it: Newton is only linear at degenerate minima.
    TaoSetTolerances(tao, 1e-30, 0, 0);
    TaoSetMaximumIterations(tao, 100);
  }

  ~Implementation()
  {
    TaoDestroy(&tao);
    MatDestroy(&h);
    for (Vec *vector : {&x, &lower, &upper})
      VecDestroy(vector);
  }
};

Minimizer::Minimizer(const Landscape &landscape, const Coordinates &lower, const Coordinates &upper)
    : implementation_(std::make_unique<Implementation>(landscape, lower, upper))
{
}

Minimizer::~Minimizer() = default;

Coordinates Minimizer::from(const Coordinates &start)
{
  const QuietPetsc quiet;
  set_entries(implementation_->x, start);
  TaoSolve(implementation_->tao);
  return to_coordinates(implementation_->x);
}

std::vector<Minimum> find_minima(const Landscape &landscape, const SearchRegion &region)
{
  const unsigned int d = landscape.dimension();
  Minimizer minimizer(landscape, region.lower, region.upper);
  std::vector<Minimum> minima;
  for (const Coordinates &start : starts_in(region, d))
  {
    if (!std::isfinite(landscape.value(start)))
      continue;
    const Coordinates point = minimizer.from(start);
    if (region.contains && !region.contains(point))
      continue;
    const LocalQuadratic quadratic = local_quadratic(landscape, point);
    if (is_minimum(landscape, region, point, quadratic))
      minima.push_back({point, quadratic.loss, quadratic.curvatures});
  }
  for (const Coordinates &point : boundary_candidates(landscape, region.boundary))
    if (is_boundary_minimum(landscape, region, point))
    {
      const LocalQuadratic quadratic = local_quadratic(landscape, point);
      minima.push_back({point, quadratic.loss, quadratic.curvatures});
    }
  return distinct(minima, region, d);
}
} // namespace lowland
