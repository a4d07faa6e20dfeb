#include "tasks/escape/escape_report.h"

#include "output/nodal_field.h"
#include "output/record.h"
#include "tasks/conclusion.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace lowland
{
EscapeReport::EscapeReport(const EscapePlan &plan, const std::vector<EscapeRate> &rates,
                           std::vector<std::string> parts, std::string formula)
    : plan_(plan), rates_(rates), parts_(std::move(parts)), formula_(std::move(formula))
{
}

nlohmann::json EscapeReport::to_json(std::size_t k) const
{
  const EscapeQuestion &question = plan_.questions[k];
  const EscapeRate &rate = rates_[k];
  nlohmann::json json;
  json["from"] = plan_.numbers[question.from];
  if (question.all_others || question.to_exit)
    json["to"] = plan_.target(question);
  else
    json["to"] = plan_.numbers[question.to.front()];
  json["rate"] = rate.rate;
  json["mfpt"] = rate.mfpt;
  json["mfpt_from_entrance_law"] = 1 / rate.rate;
  json["relative_error_estimate"] = rate.error;
  if (std::isfinite(rate.asymptotic_rate))
  {
    json["asymptotic_formula"] = formula_;
    json["asymptotic_rate"] = rate.asymptotic_rate;
    json["rate_over_asymptotic"] = rate.rate / rate.asymptotic_rate;
  }
  for (std::size_t part = 0; part < rate.parts.size(); ++part)
    json["exits"][parts_[part]] = rate.parts[part];
  return json;
}

void EscapeReport::add_to(nlohmann::json &summary) const
{
  summary["rates"] = nlohmann::json::array();
  for (std::size_t k = 0; k < rates_.size(); ++k)
    summary["rates"].push_back(to_json(k));
}

void EscapeReport::add_to(RunFolder &folder) const
{
  for (std::size_t k = 0; k < rates_.size(); ++k)
  {
    const EscapeQuestion &question = plan_.questions[k];
    const EscapeRate &rate = rates_[k];
    const bool several = question.all_others || question.to_exit;
    Record record;
    record.add("from", "-", plan_.numbers[question.from]);
    record.add("to", "- (0: all others or the exit)",
               several ? 0.0 : plan_.numbers[question.to.front()]);
    record.add("rate", "1/time", rate.rate);
    record.add("mfpt", "time", rate.mfpt);
    record.add("mfpt_from_entrance_law", "time", 1 / rate.rate);
    record.add("relative_error_estimate", "-", rate.error);
    record.add("asymptotic_rate", "1/time", rate.asymptotic_rate);
    for (std::size_t part = 0; part < rate.parts.size(); ++part)
      record.add("exit_" + parts_[part], "-", rate.parts[part]);
    folder.append(record);
  }
}

void EscapeReport::print_wells(Log &log) const
{
  for (std::size_t i = 0; i < plan_.wells.size(); ++i)
    log.entry((plan_.numbers[i] <= plan_.n_minima ? "minimum " : "point ") + plan_.name(i),
              point_in_words(plan_.wells[i].point, plan_.wells[i].dimension, 6) +
                  ", f = " + format(plan_.wells[i].loss.loss, 6));
}

std::string EscapeReport::row(std::size_t k) const
{
  const EscapeRate &rate = rates_[k];
  const auto known = [](double value, int digits) {
    return std::isnan(value) ? "-" : format(value, digits);
  };
  const std::string asymptotic =
      formula_.empty() ? ""
      : std::isfinite(rate.asymptotic_rate)
          ? format(rate.asymptotic_rate, 6) + ", " + format(rate.rate / rate.asymptotic_rate, 5)
          : "-";
  char text[200];
  std::snprintf(text, sizeof text, "  %-12s %-14s %-16s %-16s %-8s %s",
                plan_.name(plan_.questions[k]).c_str(),
                std::isnan(rate.rate) ? "unresolved" : format(rate.rate, 8).c_str(),
                known(rate.mfpt, 8).c_str(), known(1 / rate.rate, 8).c_str(),
                known(rate.error, 1).c_str(), asymptotic.c_str());
  return text;
}

void EscapeReport::print_table(Log &log) const
{
  char text[200];
  std::snprintf(text, sizeof text, "  %-12s %-14s %-16s %-16s %-8s %s", "escape", "rate",
                "time: minimum", "entrance law", "error",
                formula_.empty() ? "" : (formula_ + ", computed/formula").c_str());
  log.line(text);
  for (std::size_t k = 0; k < rates_.size(); ++k)
  {
    log.line(row(k));
    std::string exits;
    for (std::size_t part = 0; part < rates_[k].parts.size(); ++part)
      exits += (part ? ", " : "") + parts_[part] + " " + format(rates_[k].parts[part], 5);
    if (rates_[k].parts.size() > 1)
      log.line("    leaves by: " + exits);
  }
}

std::string EscapeReport::place(std::size_t well) const
{
  return (plan_.numbers[well] <= plan_.n_minima ? "the minimum at " : "the point ") +
         point_in_words(plan_.wells[well].point, plan_.wells[well].dimension);
}

void EscapeReport::print_slowest(Log &log, double learning_rate) const
{
  const auto slowest =
      std::max_element(rates_.begin(), rates_.end(), [](const EscapeRate &a, const EscapeRate &b) {
        return std::isnan(a.mfpt) ? !std::isnan(b.mfpt) : a.mfpt < b.mfpt;
      });
  if (std::isnan(slowest->mfpt))
    return;
  const EscapeQuestion &question = plan_.questions[slowest - rates_.begin()];
  log.line(escape_in_words(place(question.from),
                           question.to_exit      ? "the walls that absorb"
                           : question.all_others ? "any other"
                                                 : place(question.to.front()),
                           slowest->mfpt, learning_rate));
}

template <int dim>
void write_exit_time(const Problem<dim> &problem, const PETScVector &time, const RunFolder &folder)
{
  write_nodal_field(*problem.space, problem.model, time, "mean_exit_time", problem.tolerance,
                    folder.file("fields/exit_time.vtu"));
}

template void write_exit_time(const Problem<1> &, const PETScVector &, const RunFolder &);
template void write_exit_time(const Problem<2> &, const PETScVector &, const RunFolder &);
template void write_exit_time(const Problem<3> &, const PETScVector &, const RunFolder &);
} // namespace lowland
