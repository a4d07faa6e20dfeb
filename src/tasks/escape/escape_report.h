// What `escape` tells of its questions: in summary.json, observables.csv, fields and on the screen.
#pragma once

#include "output/log.h"
#include "output/run_folder.h"
#include "tasks/escape/escape_plan.h"
#include "tasks/escape/escape_rate.h"
#include "tasks/problem/problem.h"

#include <nlohmann/json_fwd.hpp>

namespace lowland
{
class EscapeReport
{
public:
  /// `rates`: one for each question of the plan. `parts`: names of the parts of the walls. `formula`: the name of the
  /// asymptotic one, or empty. Plan and rates must outlive the report.
  EscapeReport(const EscapePlan &plan, const std::vector<EscapeRate> &rates,
               std::vector<std::string> parts, std::string formula);

  void add_to(nlohmann::json &summary) const; ///< `rates`
  void add_to(RunFolder &folder) const;       ///< one row a question
  void print_wells(Log &log) const;
  void print_table(Log &log) const;
  /// The longest time in words, of those that are known.
  void print_slowest(Log &log, double learning_rate) const;

private:
  nlohmann::json to_json(std::size_t k) const;
  std::string row(std::size_t k) const;
  std::string place(std::size_t well) const;

  const EscapePlan &plan_;
  const std::vector<EscapeRate> &rates_;
  const std::vector<std::string> parts_;
  const std::string formula_;
};

/// Writes the mean exit time as a function of the start to fields/exit_time.vtu. Collective; throws OutputError.
template <int dim>
void write_exit_time(const Problem<dim> &problem, const PETScVector &time, const RunFolder &folder);
} // namespace lowland
