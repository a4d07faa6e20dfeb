#include "output/named_functions.h"

#include <deal.II/base/utilities.h>

#include <regex>
#include <set>

namespace lowland
{
using dealii::Utilities::trim;

namespace
{
/// The titles that columns of observables.csv have of their own, and the keys of summary.json, which has the last row:
/// an observable of such a name would stand beside the other one, or in its place.
const std::set<std::string> own_names = {
    // columns
    "time", "mass", "minimum_density", "maximum_density", "negative_mass", "expected_loss",
    "entropy", "boundary_mass", "mass_beyond_walls", "l1_to_invariant", "kl_to_invariant",
    "chi2_to_invariant", "expected_squared_gradient", "loss_balance", "log_normalisation",
    "current", "learning_rate", "mass_error", "survival_probability", "flux_out", "exited",
    "hazard_rate", "loss_rate", "cells", "unknowns", "time_step", "space_error_estimate",
    "limited_mass",
    // what else a summary says
    "task", "status", "dimension", "radial_dimension", "landscape", "noise", "batch_size",
    "intensity", "minima", "tolerance", "element", "degree", "reference_weight", "reference_floor",
    "dofs", "wall_seconds", "peak_memory_bytes", "ranks", "command", "seed", "version", "revision",
    "libraries", "mean", "second_moment", "steps", "rejected_steps", "failed_steps", "meshes",
    "factorizations", "decay_rate", "loss_balance_error", "warnings", "method", "residual",
    "l1_error_estimate", "linear_solves", "spectral_gap", "spectral_gap_error",
    "quasi_stationary_rate", "quasi_stationary_rate_error", "basin_weight_error", "basin_masses",
    "current_error"};

/// Those, and the numbered ones, in any dimension.
bool is_own_name(const std::string &name)
{
  static const std::regex numbered("(mean|second_moment)_[xyz]|covariance_[xyz]{2}|basin_[0-9]+");
  return own_names.count(name) > 0 || std::regex_match(name, numbered);
}

/// The name becomes the title of a column in a file of comma-separated values.
void check_name(const Parameters &parameters, const std::string &name,
                const std::vector<NamedFunction> &before)
{
  const auto fail = [&](const std::string &why) {
    throw parameters.error("Output", "Observables", why);
  };
  if (name.find_first_of(",\"[]") != std::string::npos)
    fail("`" + name + "` cannot be the title of a column; write name = formula");
  if (is_own_name(name))
    fail("`" + name +
         "` is the name of something else in observables.csv or summary.json; give "
         "another one");
  for (const NamedFunction &function : before)
    if (function.name == name)
      fail("`" + name + "` is given twice");
}

bool is_coordinate(const std::string &name, unsigned int dimension)
{
  return name.size() == 1 &&
         std::string("xyz").substr(0, dimension).find(name) != std::string::npos;
}
} // namespace

std::vector<NamedFunction> read_observables(const Parameters &parameters)
{
  const unsigned int dimension = parameters.integer("", "Dimension");
  std::vector<NamedFunction> functions;
  for (const std::string &entry : parameters.entries("Output", "Observables"))
  {
    // `name = formula`, where = is not part of a comparison
    const auto equals = entry.find('=');
    const bool named = equals != std::string::npos && equals > 0 && entry[equals + 1] != '=' &&
                       std::string("<>!=").find(entry[equals - 1]) == std::string::npos;
    const std::string name = trim(named ? entry.substr(0, equals) : entry);
    const std::string formula = named ? entry.substr(equals + 1) : entry;
    check_name(parameters, name, functions);
    if (is_coordinate(name, dimension) && trim(formula) != name)
      throw parameters.error("Output", "Observables",
                             "`" + name + "` is a parameter; give its function another name");
    try
    {
      functions.push_back({name, std::make_shared<Function>(formula, dimension)});
    }
    catch (const FormulaError &error)
    {
      throw parameters.error("Output", "Observables", error.what());
    }
  }
  return functions;
}
} // namespace lowland
