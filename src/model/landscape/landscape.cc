#include "input/nearest.h"
#include "input/unread.h"
#include "model/formula/grammar.h"
#include "model/landscape/regression.h"
#include "model/landscape/table_loss.h"

#include <algorithm>
#include <mutex>
#include <regex>
#include <sstream>

namespace lowland
{
using GiNaC::ex;

const std::vector<LandscapeKind> &landscape_kinds()
{
  // p*q/(p+q) is smooth where p and q have no common zero; at a zero of p it has p's value,
  // gradient and Hessian. The 1e-140 keeps the logarithm and the second derivatives' 1e280 finite
  // at the minimum itself.
  static const std::vector<LandscapeKind> kinds = {
      {"expression", "", "", "1, 2, 3",
       "Any loss: the formula in Landscape/Loss with the constants in Landscape/Constants."},
      {"quadratic", "(a*x^2 + b*y^2 + c*z^2)/2", "a=1, b=4, c=16", "1, 2, 3",
       "One well with curvatures a, b, c; with isotropic noise the Ornstein-Uhlenbeck process."},
      {"double-well", "(x^2-1)^2 + y^2/2 + z^2/2 + tilt*x", "tilt=0.2", "1, 2, 3",
       "Two wells near x = -1 and x = 1, the left one deeper by about 2 tilt: escape over a "
       "barrier."},
      {"two-basins",
       "p*q/(p+q) where p = flat*((x+distance/2)^2 + y^2 + z^2)/2, "
       "q = sharp*((x-distance/2)^2 + y^2 + z^2)/2",
       "flat=1, sharp=10, distance=2", "1, 2, 3",
       "Two minima of loss 0 a distance apart, the left one with curvature flat, the right one "
       "with "
       "curvature sharp: which one does the noise prefer?"},
      {"valley", "(x*y-1)^2", "", "2",
       "Two curves of minimisers, sharp far out and flattest at |x| = |y| = 1: a two-layer linear "
       "network."},
      {"ring", "(x^2 + y^2 + z^2 - radius^2)^2/4", "radius=1", "1, 2, 3",
       "A circle of minimisers of the given radius (in 1D two points, in 3D a sphere)."},
      {"student", "1 + (x^2 + y^2 + z^2)/scale^2", "scale=1", "1, 2, 3",
       "Loss-scaled noise turns it into Student's t, whose tails fall like a power; scale is their "
       "length."},
      {"log-minima",
       "p*q/(p+q) where p = s*(1 + (log(1+s) - log(s+1e-140))/2)^2, "
       "q = ratio*t*(1 + (log(1+t) - log(t+1e-140))/2)^2, "
       "s = (x+distance/2)^2 + y^2 + z^2, t = (x-distance/2)^2 + y^2 + z^2",
       "ratio=4, distance=2", "1, 2, 3",
       "Two point minima a distance apart with f ~ r^2 log^2 r, the right one steeper by the "
       "ratio: "
       "the edge of integrability under loss-scaled noise."},
  };
  return kinds;
}

namespace
{
/// Puts the definitions after "where" into the formula before it.
std::string without_where(const std::string &formula)
{
  static const std::string separator = " where ";
  const auto where = formula.find(separator);
  if (where == std::string::npos)
    return formula;
  std::string result = formula.substr(0, where);
  std::istringstream definitions(formula.substr(where + separator.size()));
  for (std::string definition; std::getline(definitions, definition, ',');)
  {
    const auto equals = definition.find('=');
    const auto name = definition.substr(0, equals);
    const std::regex whole_name("\\b" + std::regex_replace(name, std::regex(" "), "") + "\\b");
    result = std::regex_replace(result, whole_name, "(" + definition.substr(equals + 1) + ")");
  }
  return result;
}

const LandscapeKind &find_kind(const std::string &name)
{
  std::vector<std::string> names;
  for (const auto &kind : landscape_kinds())
  {
    if (kind.name == name)
      return kind;
    names.push_back(kind.name);
  }
  throw FormulaError("unknown landscape '" + name + "'." + did_you_mean(name, names));
}

/// The kind's defaults with the `replaced` ones in place.
Constants constants_of(const LandscapeKind &kind, const Constants &replaced)
{
  Constants constants = parse_constants(kind.constants);
  std::vector<std::string> names;
  for (const auto &constant : constants)
    names.push_back(constant.first);
  for (const auto &[name, value] : replaced)
  {
    if (constants.count(name) == 0)
      throw FormulaError("the landscape '" + kind.name + "' has no constant '" + name + "'." +
                         did_you_mean(name, names));
    constants[name] = value;
  }
  return constants;
}

void check_dimension(const LandscapeKind &kind, unsigned int dimension)
{
  if (kind.dimensions.find(std::to_string(dimension)) == std::string::npos)
    throw FormulaError("the landscape '" + kind.name + "' does not exist in dimension " +
                       std::to_string(dimension) + ", only in " + kind.dimensions);
}

/// The formula of a kind without its terms in coordinates that do not exist, for readers.
std::string in_dimension(const std::string &formula, unsigned int dimension)
{
  std::string result = formula;
  for (unsigned int i = dimension; i < 3; ++i)
  {
    const std::string coordinate(1, "xyz"[i]);
    result =
        std::regex_replace(result, std::regex(" \\+ (\\w+\\*)?" + coordinate + "\\^2(/2)?"), "");
  }
  return result;
}

/// The constants that the formula names.
Constants named_in(const std::string &formula, const Constants &constants)
{
  Constants result;
  for (const auto &[name, value] : constants)
    if (std::regex_search(formula, std::regex("\\b" + name + "\\b")))
      result[name] = value;
  return result;
}

std::string described(const std::string &formula, const Constants &constants, double floor)
{
  std::ostringstream text;
  text << formula;
  const char *separator = ", with ";
  for (const auto &[name, value] : constants)
  {
    text << separator << name << " = " << value;
    separator = ", ";
  }
  if (floor != 0)
    text << ", plus " << floor;
  return text.str();
}

Program program_for(const ex &f, unsigned int dimension, Derivatives order)
{
  return Program(with_derivatives(f, dimension, order), dimension);
}

/// A formula, differentiated by GiNaC. Its third derivatives, which few ask for and which can be
/// long, are compiled on the first use.
class FormulaLoss : public LossFunction
{
public:
  FormulaLoss(const ex &f, unsigned int dimension_, const std::string &description_)
      : LossFunction(dimension_, description_),
        formula_(f), programs_{{program_for(f, dimension_, Derivatives::none),
                                program_for(f, dimension_, Derivatives::gradient),
                                program_for(f, dimension_, Derivatives::hessian)}}
  {
  }

  void evaluate(const Points &points, Derivatives order, LandscapeValues &values) const override
  {
    Components all;
    program(order).evaluate(points, all);
    values.take(std::move(all), dimension, order);
  }

private:
  const Program &program(Derivatives order) const
  {
    if (order < Derivatives::third)
      return programs_[static_cast<int>(order)];
    std::call_once(compiled_, [this]() {
      third_ = std::make_unique<Program>(with_derivatives(formula_, dimension, Derivatives::third),
                                         dimension);
    });
    return *third_;
  }

  const ex formula_;
  const std::array<Program, 3> programs_; ///< one per order of derivatives
  mutable std::once_flag compiled_;
  mutable std::unique_ptr<Program> third_;
};
} // namespace

void LandscapeValues::take(Components all, unsigned int dimension, Derivatives order)
{
  auto next = all.begin();
  const auto take = [&](unsigned int n, Components &to) {
    to.assign(std::make_move_iterator(next), std::make_move_iterator(next + n));
    next += n;
  };
  loss = std::move(*next++);
  take(order >= Derivatives::gradient ? dimension : 0, gradient);
  take(order >= Derivatives::hessian ? n_packed(dimension) : 0, hessian);
  take(all.end() - next, third);
}

std::vector<ex> with_derivatives(const ex &e, unsigned int dimension, Derivatives order)
{
  std::vector<ex> all = {e};
  const auto d = [&](std::size_t of, unsigned int i) { all.push_back(derivative(ex(all[of]), i)); };
  for (unsigned int i = 0; i < dimension && order >= Derivatives::gradient; ++i)
    d(0, i);
  for (unsigned int i = 0; i < dimension && order >= Derivatives::hessian; ++i)
    for (unsigned int j = 0; j <= i; ++j)
      d(1 + i, j);
  for (unsigned int i = 0; i < dimension && order >= Derivatives::third; ++i)
    for (unsigned int j = 0; j <= i; ++j)
      for (unsigned int k = 0; k <= j; ++k)
        d(1 + dimension + packed(i, j), k);
  return all;
}

Landscape::Landscape(std::shared_ptr<const LossFunction> loss) : loss_(std::move(loss)) {}

Landscape::Landscape(unsigned int dimension, const std::string &formula, const Constants &constants,
                     double floor)
    : Landscape(std::make_shared<FormulaLoss>(parse_symbolic(formula, dimension, constants) + floor,
                                              dimension, described(formula, constants, floor)))
{
}

Landscape Landscape::named(const std::string &name, unsigned int dimension,
                           const Constants &replaced, double floor)
{
  const LandscapeKind &kind = find_kind(name);
  check_dimension(kind, dimension);
  const Constants constants = constants_of(kind, replaced);
  ex f = parse_symbolic(without_where(kind.formula), 3, constants) + floor;
  for (unsigned int i = dimension; i < 3; ++i)
    f = f.subs(coordinate_symbol(i) == 0);
  const std::string formula = in_dimension(kind.formula, dimension);
  return Landscape(std::make_shared<FormulaLoss>(
      f, dimension, described(formula, named_in(formula, constants), floor)));
}

namespace
{
Constants constants_given(const Parameters &parameters)
{
  try
  {
    return parse_constants(parameters.text("Landscape", "Constants"));
  }
  catch (const FormulaError &error)
  {
    throw parameters.error("Landscape", "Constants", error.what());
  }
}

/// The landscape of the section `Landscape`, with each error put on the key that caused it.
Landscape landscape_from(const Parameters &parameters)
{
  const std::string kind = parameters.text("Landscape", "Kind");
  const unsigned int dimension = parameters.integer("", "Dimension");
  const double floor = parameters.number("Landscape", "Floor");
  const Constants constants = constants_given(parameters);
  refuse_unread(parameters, "Landscape", {"Loss", "Model", "Data", "Target", "Table", "Array"});
  if (kind == "regression")
    return Landscape(Regression::create(parameters, constants));
  if (kind == "table")
    return Landscape(TableLoss::create(parameters));
  const bool is_expression = kind == "expression";
  std::string key = is_expression ? "Loss" : "Kind";
  try
  {
    if (is_expression)
      return Landscape(dimension, parameters.text("Landscape", "Loss"), constants, floor);
    check_dimension(find_kind(kind), dimension);
    key = "Constants";
    return Landscape::named(kind, dimension, constants, floor);
  }
  catch (const FormulaError &error)
  {
    throw parameters.error("Landscape", key, error.what());
  }
}
} // namespace

Landscape::Landscape(const Parameters &parameters) : Landscape(landscape_from(parameters)) {}

unsigned int Landscape::dimension() const
{
  return loss_->dimension;
}

std::string Landscape::description() const
{
  return loss_->description;
}

void Landscape::evaluate(const Points &points, Derivatives order, LandscapeValues &values) const
{
  loss_->evaluate(points, order, values);
}

double Landscape::value(const Coordinates &point) const
{
  LandscapeValues values;
  evaluate(single_point(dimension(), point), Derivatives::none, values);
  return values.loss[0];
}
} // namespace lowland
