// summary.json: the flat keys that every task writes, and those of a record.
#pragma once

#include "output/observables.h"
#include "tasks/problem.h"

#include <nlohmann/json.hpp>
#include <optional>

namespace lowland
{
/// Task, model, sizes, wall time since `wall_start` and peak memory over all ranks; collective.
template <int dim>
nlohmann::json common_summary(const std::string &task, const Problem<dim> &problem,
                              double wall_start);

/// The columns of a record; mean, second moment and covariance as lists. What is NaN is left out.
void add_record(const Record &record, unsigned int dimension, nlohmann::json &summary);

/// Rate at which sqrt(chi2), or L1 where chi2 does not exist, decays: the slope of its logarithm over
/// the last decade above 10 times the tolerance. Empty where fewer than three records show it.
std::optional<double> decay_rate(const std::vector<Record> &records, double tolerance);
} // namespace lowland
