#include "tasks/sweep.h"

#include "input/allowed.h"
#include "input/parameter_reader.h"
#include "input/rank_0.h"
#include "output/log.h"
#include "output/run_folder.h"

#include <deal.II/base/utilities.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

namespace lowland
{
namespace
{
namespace fs = std::filesystem;
using dealii::Utilities::trim;

std::vector<std::string> split(const std::string &text, char separator)
{
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);)
    parts.push_back(trim(part));
  return parts;
}

/// One combination of values.
struct Case
{
  std::string folder;
  std::vector<std::string> values; ///< one per variation
  Parameters parameters;
};

/// The values of combination `index`; the last variation runs fastest.
std::vector<std::string> combination(const std::vector<Variation> &variations, std::size_t index)
{
  std::vector<std::string> values(variations.size());
  for (std::size_t k = variations.size(); k-- > 0; index /= variations[k].values.size())
    values[k] = variations[k].values[index % variations[k].values.size()];
  return values;
}

std::string folder_name(const std::string &parent, std::size_t index)
{
  std::ostringstream name;
  name << parent << "/case_" << std::setw(4) << std::setfill('0') << index;
  return name.str();
}

std::vector<Case> all_cases(const SweptFile &file, const Sweep &sweep, const std::string &parent)
{
  std::size_t n = 1;
  for (const Variation &variation : sweep.variations)
    n *= variation.values.size();
  std::vector<Case> cases;
  for (std::size_t index = 0; index < n; ++index)
  {
    auto assignments = file.assignments;
    const auto values = combination(sweep.variations, index);
    for (std::size_t k = 0; k < values.size(); ++k)
      assignments.push_back(sweep.variations[k].key + "=" + values[k]);
    cases.push_back({folder_name(parent, index), values,
                     Parameters::from_text(file.text, file.name, assignments)});
  }
  return cases;
}

std::string read_file(const std::string &name)
{
  std::ifstream file(name);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// The summary in the case's folder if it is that of a finished run of this verb; null else.
nlohmann::json finished_summary(const Case &one, const std::string &verb)
{
  const auto summary =
      nlohmann::json::parse(read_file(one.folder + "/summary.json"), nullptr, false);
  const bool finished = summary.is_object() && summary.value("status", "") == "done" &&
                        summary.value("task", "") == verb;
  return finished ? summary : nlohmann::json();
}

enum class State
{
  to_run,
  finished,
  other_run
};

State state_of(const Case &one, const std::string &verb)
{
  if (!fs::exists(one.folder + "/input.prm"))
    return State::to_run;
  if (read_file(one.folder + "/parameters.prm") != one.parameters.every_value())
    return State::other_run;
  if (!finished_summary(one, verb).is_null())
    return State::finished;
  const auto summary =
      nlohmann::json::parse(read_file(one.folder + "/summary.json"), nullptr, false);
  const bool stopped = summary.is_object() && summary.value("status", "") == "stopped";
  return stopped || !fs::exists(one.folder + "/summary.json") ? State::to_run : State::other_run;
}

/// Every number of the summaries, also those in lists, under its JSON pointer without the first slash; one row a case.
/// Cases without a finished run have empty cells.
std::string table(const std::vector<Case> &cases, const Sweep &sweep)
{
  std::vector<nlohmann::json> summaries;
  std::set<std::string> keys;
  for (const Case &one : cases)
  {
    summaries.push_back(finished_summary(one, sweep.verb).flatten());
    for (const auto &[key, value] : summaries.back().items())
      if (value.is_number())
        keys.insert(key);
  }
  std::ostringstream csv;
  csv << "case";
  for (const Variation &variation : sweep.variations)
    csv << "," << variation.key;
  for (const std::string &key : keys)
    csv << "," << key.substr(1);
  csv << "\n";
  for (std::size_t k = 0; k < cases.size(); ++k)
  {
    csv << fs::path(cases[k].folder).filename().string();
    for (const std::string &value : cases[k].values)
      csv << "," << (value.find(',') == std::string::npos ? value : '"' + value + '"');
    for (const std::string &key : keys)
      csv << "," << (summaries[k].contains(key) ? summaries[k][key].dump() : "");
    csv << "\n";
  }
  return csv.str();
}

/// Runs one case unless it is there already. Returns its exit status.
int run_case(const Case &one, const Sweep &sweep, const RunOptions &options, Log &log)
{
  int state = 0;
  on_rank_0(MPI_COMM_WORLD, [&]() { state = static_cast<int>(state_of(one, sweep.verb)); });
  MPI_Bcast(&state, 1, MPI_INT, 0, MPI_COMM_WORLD);
  if (static_cast<State>(state) == State::finished && !options.overwrite)
  {
    log.line("  " + one.folder + ": already there");
    return exit_done;
  }
  if (static_cast<State>(state) == State::other_run && !options.overwrite)
    throw InputError("`" + one.folder +
                     "` holds another run. Give another --output, "
                     "or --overwrite.");
  RunOptions own = options;
  own.output = one.folder;
  own.automatic = !options.overwrite;
  own.overwrite = true; // what is there is unfinished
  own.quiet = true;
  try
  {
    return sweep.task(one.parameters, own);
  }
  catch (const InputError &error)
  {
    log.warn(one.folder + ": " + error.what());
    return exit_bad_input;
  }
  catch (const SolverError &error)
  {
    log.warn(one.folder + ": " + error.what());
    return exit_solver_failed;
  }
}

std::string array_job(const SweptFile &file, const Sweep &sweep, std::size_t n,
                      const RunOptions &options)
{
  std::string command = "lowland sweep " + file.name + " --verb " + sweep.verb;
  for (const Variation &variation : sweep.variations)
  {
    command += " --vary \"" + variation.key + "=";
    for (std::size_t k = 0; k < variation.values.size(); ++k)
      command += (k ? ";" : "") + variation.values[k];
    command += "\"";
  }
  for (const std::string &assignment : file.assignments)
    command += " --set \"" + assignment + "\"";
  return "sbatch --array=0-" + std::to_string(n - 1) + " --wrap='" + command + " --output " +
         options.output + " --case $SLURM_ARRAY_TASK_ID'";
}
} // namespace

namespace
{
/// Whether `values` begins as a range does and can be none, nor a list of values that the key allows: a formula may
/// begin with log(, too.
bool is_malformed_range(const std::string &key, const std::string &values)
{
  const auto parenthesis = values.find('(');
  const std::string name = trim(values.substr(0, parenthesis));
  if (parenthesis == std::string::npos || (name != "lin" && name != "log") ||
      values.find(';') != std::string::npos)
    return false;
  const ParameterRow *const row = find_row(to_key(key));
  return row && !is_allowed(split(values, ',').front(), row->pattern);
}

void require_different_keys(const std::vector<Variation> &variations)
{
  std::set<ParameterKey> keys;
  for (const Variation &variation : variations)
    if (!keys.insert(to_key(variation.key)).second)
      throw InputError("--vary: " + variation.key +
                       " is varied twice; give all its values in one list.");
}
} // namespace

Variation parse_variation(const std::string &text)
{
  const auto equals = text.find('=');
  if (equals == std::string::npos || text.find('/') > equals)
    throw InputError("--vary \"" + text +
                     "\": expected \"Section/Key=a, b, c\", "
                     "\"Section/Key=lin(a, b, n)\" or \"Section/Key=log(a, b, n)\".");
  Variation variation{trim(text.substr(0, equals)), {}};
  const std::string values = trim(text.substr(equals + 1));
  if (is_allowed(values, "range"))
    for (const double value : to_numbers(values))
    {
      std::ostringstream digits;
      digits << std::setprecision(12) << value;
      variation.values.push_back(digits.str());
    }
  else if (is_malformed_range(variation.key, values))
    throw InputError("--vary \"" + text +
                     "\": a range is lin(FROM, TO, NUMBER) or log(FROM, TO, NUMBER), "
                     "with a NUMBER of values from 2 to 1000000, and FROM and TO > 0 for log.");
  else
    variation.values = split(values, values.find(';') != std::string::npos ? ';' : ',');
  if (variation.values.empty())
    throw InputError("--vary \"" + text + "\": there are no values.");
  return variation;
}

int sweep(const SweptFile &file, const Sweep &sweep, const RunOptions &options)
{
  require_different_keys(sweep.variations);
  const std::vector<Case> cases = all_cases(file, sweep, options.output);
  const int n = cases.size();
  if (sweep.only_case && (*sweep.only_case < 0 || *sweep.only_case >= n))
    throw InputError("--case " + std::to_string(*sweep.only_case) + ": there are cases 0 to " +
                     std::to_string(n - 1) + ".");
  Log log(MPI_COMM_WORLD, options.quiet);
  log.line(std::to_string(n) + " cases. The same as an array job:");
  log.line("  " + array_job(file, sweep, n, options));
  int worst = exit_done;
  for (int k = 0; k < n; ++k)
  {
    if (sweep.only_case && k != *sweep.only_case)
      continue;
    std::string values;
    for (std::size_t v = 0; v < cases[k].values.size(); ++v)
      values += (v ? ", " : "") + sweep.variations[v].key + " = " + cases[k].values[v];
    log.line("Case " + std::to_string(k) + " of " + std::to_string(n) + ": " + values);
    const int status = run_case(cases[k], sweep, options, log);
    worst = std::max(worst, status);
    if (status == exit_stopped_at_limit)
      break; // the same command goes on
    log.progress((k + 1.0) / n, "case " + std::to_string(k));
  }
  log.end_progress();
  if (sweep.only_case) // the others may be running elsewhere
  {
    log.line("When all cases are done, the same command without --case writes the table.");
    return worst;
  }
  const std::string file_of_table = options.output + "/sweep.csv";
  on_rank_0(MPI_COMM_WORLD, [&]() {
    if (!fs::exists(options.output)) // every case was refused
      return;
    write_file(file_of_table, table(cases, sweep));
    log.line("Table: " + file_of_table);
  });
  return worst;
}
} // namespace lowland
