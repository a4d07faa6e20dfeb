#include "model/search/boundary.h"

#include "model/search/point_vector.h"

#include <petsctao.h>

#include <algorithm>
#include <cmath>

namespace lowland
{
namespace
{
constexpr std::size_t most_descents = 200;

/// A patch to descend on, and the best point of it that is known.
struct Start
{
  const BoundaryPatch *patch;
  Coordinates s{};
  double loss = INFINITY;
};

/// The lowest of the patch's corners and middles.
Start best_sample(const Landscape &landscape, const BoundaryPatch &patch)
{
  Start best{&patch};
  const bool curve = landscape.dimension() == 2;
  for (const double s : {0.5, 0.0, 1.0})
    for (const double t : {0.5, 0.0, 1.0})
    {
      const Coordinates sample = {{s, curve ? 0 : t, 0}};
      const double loss = landscape.value(patch.point(sample));
      if (loss < best.loss)
        best = {&patch, sample, loss};
    }
  return best;
}

struct Pullback
{
  const Landscape *landscape;
  const BoundaryPatch *patch;
};

/// f(point(s)) and its gradient in s.
PetscErrorCode pulled_back_loss_and_gradient(Tao, Vec x, PetscReal *loss, Vec gradient,
                                             void *context)
{
  const auto &[landscape, patch] = *static_cast<const Pullback *>(context);
  const Coordinates s = to_coordinates(x);
  const auto values = values_at(*landscape, patch->point(s), Derivatives::gradient);
  const auto tangents = patch->tangents(s);
  Coordinates slope{};
  for (std::size_t i = 0; i < values.gradient.size(); ++i)
    slope[i] = finite_or(values.gradient[i][0], 0);
  *loss = finite_or(values.loss[0], stand_in);
  set_entries(gradient, {{dot(slope, tangents[0]), dot(slope, tangents[1])}});
  return 0;
}

/// TAO's bound-constrained quasi-Newton method on [0,1]^(d-1).
class Descent
{
public:
  explicit Descent(const Landscape &landscape) : pullback_{&landscape, nullptr}
  {
    VecCreateSeq(PETSC_COMM_SELF, landscape.dimension() - 1, &s_);
    VecDuplicate(s_, &lower_);
    VecDuplicate(s_, &upper_);
    VecSet(lower_, 0);
    VecSet(upper_, 1);
    TaoCreate(PETSC_COMM_SELF, &tao_);
    TaoSetOptionsPrefix(tao_, "boundary_minima_");
    TaoSetType(tao_, TAOBLMVM);
    TaoSetSolution(tao_, s_);
    TaoSetVariableBounds(tao_, lower_, upper_);
    TaoSetObjectiveAndGradient(tao_, nullptr, pulled_back_loss_and_gradient, &pullback_);
    TaoSetTolerances(tao_, 1e-30, 0, 0); // as far as roundings let it
    TaoSetMaximumIterations(tao_, 100);
  }
  ~Descent()
  {
    TaoDestroy(&tao_);
    for (Vec *vector : {&s_, &lower_, &upper_})
      VecDestroy(vector);
  }
  Descent(const Descent &) = delete;

  Coordinates from(const Start &start)
  {
    const QuietPetsc quiet; // a failed line search is an end, too
    pullback_.patch = start.patch;
    set_entries(s_, start.s);
    TaoSolve(tao_);
    return start.patch->point(to_coordinates(s_));
  }

private:
  Pullback pullback_;
  Vec s_ = nullptr, lower_ = nullptr, upper_ = nullptr;
  Tao tao_ = nullptr;
};

/// The arc of the circle from angle `first` over `size`.
BoundaryPatch arc(const Coordinates &centre, double radius, double first, double size)
{
  return {[=](const Coordinates &s) -> Coordinates {
            const double a = first + size * s[0];
            return {{centre[0] + radius * std::cos(a), centre[1] + radius * std::sin(a), 0}};
          },
          [=](const Coordinates &s) -> std::array<Coordinates, 2> {
            const double a = first + size * s[0], r = radius * size;
            return {{{{-r * std::sin(a), r * std::cos(a), 0}}, {}}};
          }};
}

/// The piece of the sphere over the polar angles and azimuths from `polar` and `azimuth` over `size`
/// and 2 `size`.
BoundaryPatch spherical_patch(const Coordinates &centre, double radius, double polar,
                              double azimuth, double size)
{
  return {
      [=](const Coordinates &s) -> Coordinates {
        const double a = polar + size * s[0], b = azimuth + 2 * size * s[1];
        return {{centre[0] + radius * std::sin(a) * std::cos(b),
                 centre[1] + radius * std::sin(a) * std::sin(b), centre[2] + radius * std::cos(a)}};
      },
      [=](const Coordinates &s) -> std::array<Coordinates, 2> {
        const double a = polar + size * s[0], b = azimuth + 2 * size * s[1];
        const double r = radius * size;
        return {{{{r * std::cos(a) * std::cos(b), r * std::cos(a) * std::sin(b), -r * std::sin(a)}},
                 {{-2 * r * std::sin(a) * std::sin(b), 2 * r * std::sin(a) * std::cos(b), 0}}}};
      }};
}
} // namespace

BoundaryPatch face_patch(const std::vector<Coordinates> &corners)
{
  const auto mix = [](const Coordinates &a, const Coordinates &b, double t) {
    return along(a, t, along(b, -1, a));
  };
  if (corners.size() == 2)
    return {[=](const Coordinates &s) { return mix(corners[0], corners[1], s[0]); },
            [=](const Coordinates &) -> std::array<Coordinates, 2> {
              return {{along(corners[1], -1, corners[0]), {}}};
            }};
  return {[=](const Coordinates &s) {
            return mix(mix(corners[0], corners[1], s[0]), mix(corners[2], corners[3], s[0]), s[1]);
          },
          [=](const Coordinates &s) -> std::array<Coordinates, 2> {
            return {
                {mix(along(corners[1], -1, corners[0]), along(corners[3], -1, corners[2]), s[1]),
                 mix(along(corners[2], -1, corners[0]), along(corners[3], -1, corners[1]), s[0])}};
          }};
}

std::vector<BoundaryPatch> sphere_patches(const Coordinates &centre, double radius,
                                          unsigned int dimension)
{
  const unsigned int n = dimension == 2 ? 24 : 8;
  std::vector<BoundaryPatch> patches;
  for (unsigned int i = 0; i < n; ++i)
    if (dimension == 2)
      patches.push_back(arc(centre, radius, 2 * M_PI * i / n, 2 * M_PI / n));
    else
      for (unsigned int j = 0; j < n; ++j)
        patches.push_back(
            spherical_patch(centre, radius, M_PI * i / n, 2 * M_PI * j / n, M_PI / n));
  return patches;
}

std::vector<Coordinates> boundary_candidates(const Landscape &landscape,
                                             const std::vector<BoundaryPatch> &patches)
{
  if (patches.empty())
    return {};
  std::vector<Start> starts;
  starts.reserve(patches.size());
  for (const BoundaryPatch &patch : patches)
    starts.push_back(best_sample(landscape, patch));
  std::stable_sort(starts.begin(), starts.end(),
                   [](const Start &a, const Start &b) { return a.loss < b.loss; });
  starts.resize(std::min(starts.size(), most_descents));
  Descent descent(landscape);
  std::vector<Coordinates> points;
  for (const Start &start : starts)
    if (std::isfinite(start.loss))
      points.push_back(descent.from(start));
  return points;
}
} // namespace lowland
