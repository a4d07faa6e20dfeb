#include "model/domain/domain.h"

#include "model/domain/start_box.h"
#include "model/equilibrium/integrability.h"
#include "model/landscape/loss_function.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace lowland
{
namespace
{
const char *section = "Domain";

std::string corners(const Domain &domain)
{
  std::ostringstream out;
  for (unsigned int i = 0; i < domain.dimension; ++i)
    out << (i ? " x " : "box ") << "[" << domain.lower[i] << ", " << domain.upper[i] << "]"
        << (domain.periodic[i] ? " (periodic)" : "");
  out << (domain.cut_at_radius_0 ? ", cut off at radius 0" : "");
  return out.str();
}

/// ", absorbing at x-, x+"
std::string in_words(const Walls &walls)
{
  std::string text;
  for (const std::string &part : walls.parts())
    text += (text.empty() ? ", absorbing at " : ", ") + part;
  return text + (walls.region ? " " + walls.region->text() : "");
}

void read_box(const Parameters &parameters, Domain &domain)
{
  domain.lower = coordinates(parameters.per_axis(section, "Lower corner"));
  domain.upper = coordinates(parameters.per_axis(section, "Upper corner"));
  for (unsigned int i = 0; i < domain.dimension; ++i)
  {
    const double size = std::max(std::abs(domain.lower[i]), std::abs(domain.upper[i]));
    if (!(domain.upper[i] - domain.lower[i] >
          1e-10 * size)) // points of a finer mesh would coincide
      throw parameters.error(
          section, "Upper corner",
          "each entry must exceed the lower corner's, and by more than 1e-10 of its "
          "own size; Lower corner = " +
              parameters.text(section, "Lower corner"));
  }
}

/// The normal quantile that leaves out `mass` on both sides together, to a few digits.
double normal_half_width(double mass)
{
  double z = 1;
  while (std::erfc(z / std::sqrt(2.0)) > mass)
    z += 0.05;
  return z;
}

/// Where the search for the lowest minimum of an unbounded landscape starts.
SearchRegion first_search_region(const InitialDensity &start, unsigned int dimension)
{
  SearchRegion region;
  for (unsigned int i = 0; i < dimension; ++i)
  {
    region.lower[i] = -10;
    region.upper[i] = 10;
    for (const Bump &bump : start.bumps())
      widen(region, i, bump.mean[i] - 10 * bump.deviation[i],
            bump.mean[i] + 10 * bump.deviation[i]);
  }
  return region;
}

/// In ever wider regions until one holds it in its interior; nothing where there is none at all.
std::optional<Minimum> lowest_minimum(const Landscape &landscape, const InitialDensity &start)
{
  constexpr double widest = 1e9;
  const unsigned int d = landscape.dimension();
  for (SearchRegion region = first_search_region(start, d);;)
  {
    const auto minima = find_minima(landscape, region);
    if (minima.empty())
      return {};
    const double slack = 1e-9 * width(region, d);
    for (const Minimum &minimum : minima) // in a valley some may lie at the rim, others not
    {
      bool is_inside = true;
      for (unsigned int i = 0; i < d; ++i)
        is_inside = is_inside && minimum.point[i] > region.lower[i] + slack &&
                    minimum.point[i] < region.upper[i] - slack;
      if (is_inside && same_loss(minimum, minima.front()))
        return minimum;
    }
    if (width(region, d) > widest)
      return minima.front();
    const Coordinates middle = middle_of(region, d);
    region.lower = along(middle, 10, along(region.lower, -1, middle));
    region.upper = along(middle, 10, along(region.upper, -1, middle));
  }
}

/// A loss from a table is known nowhere else.
void check_extent(const Parameters &parameters, const Model &model, const Domain &domain)
{
  const Box *const extent = model.landscape.loss()->extent();
  for (unsigned int i = 0; extent && i < domain.dimension; ++i)
  {
    const double slack = 1e-9 * (extent->upper[i] - extent->lower[i]);
    if (domain.kind == Domain::Kind::file || domain.lower[i] < extent->lower[i] - slack ||
        domain.upper[i] > extent->upper[i] + slack)
    {
      std::ostringstream why;
      why << "the loss is known only for " << extent->lower[i] << " <= "
          << "xyz"[i] << " <= " << extent->upper[i]
          << ", the table's range; auto is the whole table";
      throw parameters.error(section, "Kind", why.str());
    }
  }
}

/// The box that leaves out at most the stated mass of the invariant density and of the start, and holds all of a computed
/// one; of a table, the whole table.
Box find_box(const Parameters &parameters, const Model &model, const InitialDensity &start)
{
  if (const Box *const extent = model.landscape.loss()->extent())
    return *extent;
  if (model.radial_dimension() > 1)
    throw parameters.error(
        section, "Kind",
        "auto does not know the measure r^(K-1) of a Landscape/Radial dimension; "
        "give Kind = box");
  const double mass = parameters.number(section, "Mass left out");
  const auto potential = model.noise->equilibrium();
  if (!potential)
    throw parameters.error(section, "Kind",
                           "auto needs an invariant density in closed form; give Kind = box");
  const auto lowest = lowest_minimum(model.landscape, start);
  if (!lowest)
    throw parameters.error(section, "Kind", "auto found no minimum of the loss; give Kind = box");
  const auto value = [&](double loss) { return potential->value(loss); };
  const auto holding = box_holding(model.landscape, value, lowest->point, mass);
  if (!holding)
    throw parameters.error(section, "Kind",
                           "auto needs an invariant density " + potential->description() +
                               " that can be integrated to infinity, and this one cannot; "
                               "give Kind = box");
  Box box = start.is_formula() ? widened_for(start, model, *holding, mass) : *holding;
  // Modes reach farther than the invariant density, and feel the walls sooner.
  constexpr double share_for_modes = 0.125;
  for (unsigned int i = 0; i < model.dimension() && start.is_none(); ++i)
  {
    const double more = share_for_modes * (box.upper[i] - box.lower[i]);
    box.lower[i] -= more;
    box.upper[i] += more;
  }
  if (const auto extent = start.extent())
    for (unsigned int i = 0; i < model.dimension(); ++i)
      widen(box, i, extent->lower[i], extent->upper[i]);
  const double z = normal_half_width(mass);
  for (const Bump &bump : start.bumps())
    for (unsigned int i = 0; i < model.dimension(); ++i)
      widen(box, i, bump.mean[i] - z * bump.deviation[i], bump.mean[i] + z * bump.deviation[i]);
  return box;
}

std::string mesh_file(const Parameters &parameters)
{
  if (parameters.text(section, "File").empty())
    throw parameters.error(section, "File", "Kind = file wants the name of a Gmsh mesh");
  return parameters.file(section, "File");
}

/// The last coordinate r of K > 1 parameters reduced by symmetry must be at least 0.
void keep_radius_positive(const Parameters &parameters, Domain &domain)
{
  const unsigned int r = domain.dimension - 1;
  if (domain.kind == Domain::Kind::file || domain.lower[r] >= 0)
    return; // the mesh of a file is not known yet
  if (domain.kind == Domain::Kind::ball)
    throw parameters.error(section, "Centre",
                           "with a Landscape/Radial dimension the last coordinate is a radius, and "
                           "this ball reaches below 0; use Kind = box");
  domain.lower[r] = 0;
  domain.cut_at_radius_0 = true;
  if (domain.upper[r] <= 0)
    throw parameters.error(section, "Upper corner",
                           "with a Landscape/Radial dimension the last coordinate is a radius, and "
                           "this box lies below 0");
}

/// The axes named in `Periodic`.
void read_periodic_axes(const Parameters &parameters, Domain &domain)
{
  const std::string names = "xyz";
  for (const std::string &axis : parameters.texts(section, "Periodic"))
  {
    const auto i = names.find(axis);
    if (axis.size() != 1 || i >= domain.dimension)
      throw parameters.error(section, "Periodic", "`" + axis + "` is not an axis of this problem");
    domain.periodic[i] = true;
  }
}

/// Points on the lower and upper side of axis i, opposite each other.
std::pair<Points, Points> opposite_points(const Domain &domain, unsigned int axis)
{
  const unsigned int n = 17, d = domain.dimension;
  const std::size_t size = d == 1 ? 1 : (d == 2 ? n : n * n);
  Points low(d, size), high(d, size);
  for (std::size_t q = 0; q < size; ++q)
  {
    std::size_t rest = q;
    for (unsigned int i = 0; i < d; ++i)
    {
      const double s = (rest % n + 0.5) / n;
      if (i != axis)
        rest /= n;
      const double x = domain.lower[i] + s * (domain.upper[i] - domain.lower[i]);
      low.x[i][q] = i == axis ? domain.lower[i] : x;
      high.x[i][q] = i == axis ? domain.upper[i] : x;
    }
  }
  return {low, high};
}

/// f must be the same on sides that are glued together, or the drift has a delta function there.
void check_periodic_loss(const Parameters &parameters, const Model &model, const Domain &domain)
{
  for (unsigned int axis = 0; axis < domain.dimension; ++axis)
    if (domain.periodic[axis])
    {
      const auto [low, high] = opposite_points(domain, axis);
      LandscapeValues a, b;
      model.landscape.evaluate(low, Derivatives::none, a);
      model.landscape.evaluate(high, Derivatives::none, b);
      for (std::size_t q = 0; q < low.size(); ++q)
        if (!(std::abs(a.loss[q] - b.loss[q]) <=
              1e-8 * (1 + std::abs(a.loss[q]) + std::abs(b.loss[q]))))
        {
          std::ostringstream why;
          why << "the loss differs on opposite sides of axis "
              << "xyz"[axis] << ": f = " << a.loss[q] << " at " << low.x[axis][q] << " and "
              << b.loss[q] << " at " << high.x[axis][q] << "; choose corners one period apart";
          throw parameters.error(section, "Periodic", why.str());
        }
    }
}
} // namespace

Domain Domain::create(const Parameters &parameters, const Model &model, const InitialDensity &start,
                      const std::optional<Box> &found_before)
{
  Domain domain;
  domain.dimension = model.dimension();
  const std::string kind = parameters.text(section, "Kind");
  if (kind == "file")
  {
    domain.kind = Kind::file;
    domain.file = mesh_file(parameters);
    if (domain.dimension == 1)
      throw parameters.error(section, "Kind", "a mesh file needs Dimension = 2 or 3; use box");
    domain.description = "mesh " + domain.file;
  }
  else if (kind == "ball")
  {
    domain.kind = Kind::ball;
    domain.centre = coordinates(parameters.per_axis(section, "Centre"));
    domain.radius = parameters.number(section, "Radius");
    for (unsigned int i = 0; i < domain.dimension; ++i)
    {
      domain.lower[i] = domain.centre[i] - domain.radius;
      domain.upper[i] = domain.centre[i] + domain.radius;
    }
    domain.description = "ball of radius " + parameters.text(section, "Radius");
  }
  else if (kind == "box")
    read_box(parameters, domain);
  else
  {
    domain.found = found_before ? *found_before : find_box(parameters, model, start);
    domain.lower = domain.found->lower;
    domain.upper = domain.found->upper;
  }

  read_periodic_axes(parameters, domain);
  if (domain.kind != Kind::box && domain.periodic != std::array<bool, 3>{})
    throw parameters.error(section, "Periodic", "only the sides of a box can be periodic");
  domain.radial_dimension = model.radial_dimension();
  if (domain.radial_dimension > 1)
    keep_radius_positive(parameters, domain);
  read_walls(parameters, domain);
  if (domain.cut_at_radius_0 && domain.walls.sides[domain.dimension - 1][0])
    throw parameters.error("Domain", "Absorbing", "the axis, where the radius is 0, is no wall");
  check_extent(parameters, model, domain);
  check_periodic_loss(parameters, model, domain);
  if (domain.kind == Kind::box)
    domain.description = corners(domain);
  domain.description += in_words(domain.walls);
  return domain;
}

bool Domain::absorbs(const Coordinates &x) const
{
  for (unsigned int i = 0; i < dimension; ++i)
  {
    const double slack = 1e-8 * (upper[i] - lower[i]);
    if ((walls.sides[i][0] && x[i] <= lower[i] + slack) ||
        (walls.sides[i][1] && x[i] >= upper[i] - slack))
      return true;
  }
  if (kind == Kind::ball && walls.rim && distance(x, centre) >= radius * (1 - 1e-8))
    return true;
  return walls.region && walls.region->value(x) != 0;
}

SearchRegion Domain::search_region() const
{
  SearchRegion region{{lower, upper}};
  region.periodic = periodic;
  if (kind == Kind::ball && dimension > 1)
    region.boundary = sphere_patches(centre, radius, dimension);
  if (kind == Kind::ball)
    region.contains = [centre = centre, radius = radius](const Coordinates &p) {
      return distance(p, centre) <= radius;
    };
  if (walls.region)
    region.contains = [within = region.contains, exit = walls.region](const Coordinates &p) {
      return exit->value(p) == 0 && (!within || within(p));
    };
  return region;
}
} // namespace lowland
