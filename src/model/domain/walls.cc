#include "model/domain/walls.h"

#include "model/domain/domain.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lowland
{
namespace
{
const std::string axes = "xyz";
constexpr double infinite = std::numeric_limits<double>::infinity();
/// Points per axis at which an exit is looked at, by dimension, and along a line from side to side.
constexpr unsigned int lattice_size[] = {0, 20000, 400, 60};
constexpr unsigned int line_size = 400;

std::string side_name(unsigned int side)
{
  return std::string(1, axes[side / 2]) + (side % 2 ? "+" : "-");
}

void read_sides(const Parameters &parameters, Domain &domain)
{
  const auto error = [&](const std::string &why) {
    return parameters.error("Domain", "Absorbing", why);
  };
  for (const std::string &name : parameters.texts("Domain", "Absorbing"))
  {
    const bool all = name == "all";
    if (domain.kind != Domain::Kind::box)
    {
      if (!all)
        throw error("only a box has sides; a ball or the mesh of a file has `all`");
      domain.walls.rim = true;
      continue;
    }
    for (unsigned int side = 0; side < 2 * domain.dimension; ++side)
      if (all || name == side_name(side))
      {
        if (domain.periodic[side / 2])
          throw error("the domain closes on itself along " + axes.substr(side / 2, 1) +
                      " (Domain/Periodic), so that there is no side to absorb");
        domain.walls.sides[side / 2][side % 2] = true;
      }
    if (!all && axes.find(name[0]) >= domain.dimension)
      throw error("`" + name + "` is not a side of this domain");
  }
}

/// Lines along one axis through the box, from one of its sides inwards.
class Probe
{
public:
  Probe(const Domain &domain, const Function &exit) : domain_(domain), exit_(exit) {}

  /// How far the exit reaches in from a side along each line of a lattice; infinite if it has it all.
  std::vector<double> depths(unsigned int side) const
  {
    const unsigned int d = domain_.dimension, n = d == 3 ? 17 : 64;
    const auto n_lines = static_cast<std::size_t>(std::lround(std::pow(n, d - 1)));
    std::vector<double> result;
    for (std::size_t line = 0; line < n_lines; ++line)
    {
      Coordinates start{};
      std::size_t rest = line;
      for (unsigned int i = 0; i < d; ++i)
        if (i != side / 2)
        {
          start[i] =
              domain_.lower[i] + (rest % n + 0.5) / n * (domain_.upper[i] - domain_.lower[i]);
          rest /= n;
        }
      result.push_back(depth(side, start));
    }
    return result;
  }

private:
  double depth(unsigned int side, Coordinates point) const
  {
    const unsigned int axis = side / 2;
    const double length = domain_.upper[axis] - domain_.lower[axis];
    const auto inside_exit = [&](double s) {
      point[axis] = side % 2 ? domain_.upper[axis] - s : domain_.lower[axis] + s;
      return exit_.value(point) != 0;
    };
    // Half-way between two points, so that no lattice of the user's numbers is hit.
    double in = 0, out = 0.5 * length / line_size;
    while (out < length && inside_exit(out))
    {
      in = out;
      out += length / line_size;
    }
    if (out > length)
      return infinite;
    if (in == 0 && !inside_exit(0.01 * out))
      return 0;
    for (unsigned int k = 0; k < 60; ++k)
      (inside_exit(0.5 * (in + out)) ? in : out) = 0.5 * (in + out);
    return out;
  }

  const Domain &domain_;
  const Function &exit_;
};

/// How far the box may be cut at a side: up to the rim of the exit where that is flat, else to a margin
/// before the place where it comes closest.
double cut_of(const Domain &domain, unsigned int side, const std::vector<double> &depths)
{
  const double length = domain.upper[side / 2] - domain.lower[side / 2];
  const double least = *std::min_element(depths.begin(), depths.end());
  const auto n_finite =
      std::count_if(depths.begin(), depths.end(), [](double s) { return s < infinite; });
  const auto n_least = std::count_if(depths.begin(), depths.end(),
                                     [&](double s) { return s < least + 1e-10 * length; });
  const bool flat = 2 * n_least > n_finite;
  return flat ? least : std::max(0.0, least - 0.05 * length);
}

/// The share of a lattice's points that are in the exit.
double share(const Domain &domain, const Function &exit)
{
  const unsigned int d = domain.dimension, n = lattice_size[d];
  const auto size = static_cast<std::size_t>(std::lround(std::pow(n, d)));
  Points points(d, size);
  for (std::size_t q = 0; q < size; ++q)
    for (std::size_t i = 0, rest = q; i < d; ++i, rest /= n)
      points.x[i][q] = domain.lower[i] + (rest % n + 0.5) / n * (domain.upper[i] - domain.lower[i]);
  std::vector<double> values;
  exit.evaluate(points, values);
  return std::count_if(values.begin(), values.end(), [](double v) { return v != 0; }) /
         static_cast<double>(size);
}

void read_exit(const Parameters &parameters, Domain &domain)
{
  const std::string text = parameters.text("Escape", "Exit");
  if (text.empty())
    return;
  const auto error = [&](const std::string &why) {
    return parameters.error("Escape", "Exit", why);
  };
  std::shared_ptr<const Function> exit;
  try
  {
    exit = std::make_shared<Function>(text, domain.dimension);
  }
  catch (const FormulaError &problem)
  {
    throw error(problem.what());
  }
  const auto whole_domain = [&] {
    return error(exit->may_jump()
                     ? "this absorbs the whole domain"
                     : "this absorbs the whole domain; give a condition on x, y, z that holds "
                       "where paths end, such as x > 1.2");
  };
  bool was_cut = false;
  for (unsigned int side = 0; side < 2 * domain.dimension && domain.kind == Domain::Kind::box;
       ++side)
  {
    const unsigned int axis = side / 2;
    if (domain.periodic[axis])
      continue;
    const auto depths = Probe(domain, *exit).depths(side);
    const double cut = cut_of(domain, side, depths);
    if (cut == infinite)
      throw whole_domain();
    if (!(cut > 0))
      continue;
    (side % 2 ? domain.upper : domain.lower)[axis] += side % 2 ? -cut : cut;
    domain.walls.sides[axis][side % 2] = was_cut = true;
  }
  if (domain.kind == Domain::Kind::file)
  {
    domain.walls.region = exit; // its box is not known yet
    return;
  }
  const double absorbed = share(domain, *exit);
  if (absorbed == 1)
    throw whole_domain();
  if (absorbed == 0 && !was_cut)
    throw error("no part of the domain is absorbed by this, or one too small to be seen");
  if (absorbed > 0)
    domain.walls.region = exit;
}
} // namespace

bool Walls::any() const
{
  return n_sides() > 0 || rim || region;
}

unsigned int Walls::n_sides() const
{
  unsigned int n = 0;
  for (const auto &[lower, upper] : sides)
    n += lower + upper;
  return n;
}

std::vector<std::string> Walls::parts() const
{
  std::vector<std::string> names;
  for (unsigned int side = 0; side < 6; ++side)
    if (sides[side / 2][side % 2])
      names.push_back(side_name(side));
  if (rim)
    names.push_back("boundary");
  if (region)
    names.push_back("region");
  return names;
}

std::optional<unsigned int> Walls::part_of_side(unsigned int side) const
{
  if (rim)
    return 0;
  if (side >= 6 || !sides[side / 2][side % 2])
    return {};
  unsigned int part = 0;
  for (unsigned int other = 0; other < side; ++other)
    part += sides[other / 2][other % 2];
  return part;
}

unsigned int Walls::part_of_region() const
{
  return n_sides() + rim; // the last
}

void read_walls(const Parameters &parameters, Domain &domain)
{
  read_sides(parameters, domain);
  read_exit(parameters, domain);
}
} // namespace lowland
