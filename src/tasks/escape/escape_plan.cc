#include "tasks/escape/escape_plan.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>
#include <sstream>

namespace lowland
{
namespace
{
const char *section = "Escape";

std::string point_text(const Well &well)
{
  std::ostringstream out;
  for (unsigned int i = 0; i < well.dimension; ++i)
    out << (i ? ", " : "(") << well.point[i];
  out << ")";
  return out.str();
}

/// Reads one of the keys From and To; points that are no minimum become new wells.
class Reader
{
public:
  Reader(const Parameters &parameters, const Model &model, const SearchRegion &region,
         EscapePlan &plan)
      : parameters_(parameters), model_(model), region_(region), plan_(plan)
  {
  }

  std::vector<std::size_t> read(const std::string &key)
  {
    key_ = key;
    const std::string text = parameters_.text(section, key);
    std::vector<std::size_t> wells;
    if (text == "all")
    {
      wells.resize(plan_.n_minima);
      std::iota(wells.begin(), wells.end(), 0);
      return wells;
    }
    for (const std::string &entry : entries(text))
    {
      const std::size_t well = entry[0] == '(' ? point(entry) : number(entry);
      if (std::find(wells.begin(), wells.end(), well) == wells.end())
        wells.push_back(well);
    }
    if (wells.empty())
      throw error("give `all`, numbers of minima, or points in parentheses");
    return wells;
  }

private:
  InputError error(const std::string &why) const { return parameters_.error(section, key_, why); }

  /// What commas separate outside of parentheses, without blanks.
  static std::vector<std::string> entries(const std::string &text)
  {
    std::vector<std::string> result(1);
    int depth = 0;
    for (const char c : text)
    {
      depth += c == '(' ? 1 : (c == ')' ? -1 : 0);
      if (depth == 0 && (c == ',' || c == ';'))
        result.emplace_back();
      else if (!std::isspace(static_cast<unsigned char>(c)))
        result.back() += c;
    }
    result.erase(std::remove(result.begin(), result.end(), ""), result.end());
    return result;
  }

  std::size_t number(const std::string &entry) const
  {
    const bool is_number = entry.size() < 9 && std::all_of(entry.begin(), entry.end(), [](char c) {
                             return std::isdigit(static_cast<unsigned char>(c));
                           });
    if (!is_number)
      throw error("`" + entry + "` is neither the number of a minimum nor a point like (" +
                  (model_.dimension() == 1 ? "0.5)" : "0.5, 1)"));
    const std::size_t n = std::stoul(entry);
    if (n < 1 || n > plan_.n_minima)
      throw error("there is no minimum " + entry + "; the domain has " +
                  std::to_string(plan_.n_minima) + ", numbered from 1 in the order of their loss" +
                  (model_.dimension() == 1 ? " (a point stands in parentheses)" : ""));
    return n - 1;
  }

  std::size_t point(const std::string &entry)
  {
    std::vector<double> components;
    std::istringstream stream(entry.substr(1));
    char separator = ',';
    for (double value; separator == ',' && stream >> value >> separator;)
      components.push_back(value);
    if (components.size() != model_.dimension() || separator != ')')
      throw error("`" + entry + "` is not a point of " + std::to_string(model_.dimension()) +
                  " coordinate(s)");
    const Coordinates x = coordinates(components);
    check_inside(x, entry);
    for (std::size_t k = 0; k < plan_.wells.size(); ++k)
      if (distance(x, plan_.wells[k].point) < 1e-6 * (1 + norm(x)))
        return k;
    plan_.wells.push_back(well_at(model_, x, parameters_.number(section, "Radius")));
    return plan_.wells.size() - 1;
  }

  void check_inside(const Coordinates &x, const std::string &entry) const
  {
    bool inside = !region_.contains || region_.contains(x);
    for (unsigned int i = 0; i < model_.dimension(); ++i)
      inside = inside && x[i] >= region_.lower[i] && x[i] <= region_.upper[i];
    if (!inside)
      throw error("the point " + entry + " is outside of the domain");
  }

  const Parameters &parameters_;
  const Model &model_;
  const SearchRegion &region_;
  EscapePlan &plan_;
  std::string key_;
};

void add_questions(const std::vector<std::size_t> &from, const std::vector<std::size_t> &to,
                   bool with_others, EscapePlan &plan)
{
  for (const std::size_t a : from)
  {
    EscapeQuestion others{a, {}, true};
    for (const std::size_t b : to)
      if (b != a)
      {
        plan.questions.push_back({a, {b}});
        others.to.push_back(b);
      }
    if (with_others && others.to.size() > 1)
      plan.questions.push_back(others);
  }
}

void mark_active(EscapePlan &plan)
{
  plan.active.assign(plan.wells.size(), false);
  for (const EscapeQuestion &question : plan.questions)
  {
    if (question.to_exit)
      continue;
    plan.active[question.from] = true;
    for (const std::size_t b : question.to)
      plan.active[b] = true;
  }
}

void check_sets(const Parameters &parameters, const EscapePlan &plan)
{
  const auto error = [&](const std::string &why) {
    return parameters.error(section, "Radius", why);
  };
  for (std::size_t i = 0; i < plan.wells.size(); ++i)
  {
    const Well &a = plan.wells[i];
    if (!plan.active[i] || a.level == 0)
      continue;
    const auto &h = a.loss.curvatures;
    if (h[0] <= 1e-8 * std::abs(h[a.dimension - 1]))
      throw error("the loss is not curved upwards in all directions at " + plan.name(i) + ", " +
                  point_text(a) +
                  ", so that no ellipsoid can be put around it; leave it out of "
                  "Escape/From and To");
    for (std::size_t j = 0; j < i; ++j)
      if (plan.active[j] && overlap(a, plan.wells[j]))
        throw error("the sets around " + point_text(plan.wells[j]) + " and " + point_text(a) +
                    " overlap; make it smaller");
  }
}

/// Whether the minimum k is asked for by nobody and lies in the set of an active well.
bool is_enclosed(const EscapePlan &plan, std::size_t k)
{
  for (std::size_t i = 0; i < plan.wells.size() && !plan.active[k]; ++i)
    if (plan.active[i] && plan.wells[i].level > 0 && plan.wells[i].contains(plan.wells[k].point))
      return true;
  return false;
}

void drop(std::size_t k, EscapePlan &plan)
{
  plan.wells.erase(plan.wells.begin() + k);
  plan.numbers.erase(plan.numbers.begin() + k);
  plan.active.erase(plan.active.begin() + k);
  for (EscapeQuestion &question : plan.questions)
  {
    question.from -= question.from > k;
    for (std::size_t &b : question.to)
      b -= b > k;
  }
}
} // namespace

std::string EscapePlan::name(std::size_t well) const
{
  return std::to_string(numbers[well]);
}

std::string EscapePlan::name(const EscapeQuestion &question) const
{
  return name(question.from) + " -> " + target(question);
}

std::string EscapePlan::target(const EscapeQuestion &question) const
{
  if (question.to_exit)
    return "exit";
  return question.all_others ? "others" : name(question.to.front());
}

EscapePlan read_escape_plan(const Parameters &parameters, const Model &model,
                            const SearchRegion &region, const std::vector<Minimum> &minima,
                            bool exits)
{
  EscapePlan plan;
  const double radius = parameters.number(section, "Radius");
  for (const Minimum &minimum : minima)
    plan.wells.push_back(well_at(model, minimum.point, radius));
  plan.n_minima = minima.size();
  Reader reader(parameters, model, region, plan);
  const auto from = reader.read("From"), to = reader.read("To");
  const bool to_all = parameters.text(section, "To") == "all";
  if (exits && !to_all)
    throw parameters.error(
        section, "To", "where walls absorb, escape asks for the way out only; leave this at `all`");
  if (exits)
    for (const std::size_t a : from)
      plan.questions.push_back({a, {plan.wells.size()}, false, true});
  else
    add_questions(from, to, to_all, plan);
  if (plan.questions.empty())
    throw parameters.error(section, "To",
                           plan.n_minima == 1 && plan.wells.size() == 1
                               ? "the loss has one minimum only in the domain, " +
                                     point_text(plan.wells[0]) + ": there is nothing to escape to"
                               : "this is where the escape starts from; name another minimum");
  plan.numbers.resize(plan.wells.size());
  std::iota(plan.numbers.begin(), plan.numbers.end(), 1);
  mark_active(plan);
  check_sets(parameters, plan);
  for (std::size_t k = plan.n_minima; k-- > 0;)
    if (is_enclosed(plan, k))
      drop(k, plan);
  return plan;
}
} // namespace lowland
