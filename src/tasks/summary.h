// summary.json: the flat keys that every task writes, and those of a record.
#pragma once

#include "output/named_functions.h"
#include "output/record.h"
#include "tasks/problem/problem.h"

#include <nlohmann/json.hpp>
#include <optional>

namespace lowland
{
/// Task, model, sizes, wall time since `wall_start`, peak memory over all ranks, and what is needed to compute the
/// same again: command, ranks, seed, revision of the source, versions of the libraries. Collective.
template <int dim>
nlohmann::json common_summary(const std::string &task, const Problem<dim> &problem,
                              double wall_start);

/// A minimum or saddle of the loss: where it is, the loss and the eigenvalues of the Hessian there.
nlohmann::json critical_point(const Coordinates &point, double loss,
                              const std::array<double, 3> &curvatures, unsigned int dimension);

/// The columns of a record; mean, second moment and covariance as lists. What is NaN is left out.
void add_record(const Record &record, unsigned int dimension, nlohmann::json &summary);

/// Rate at which sqrt(chi2), or L1 where chi2 does not exist, decays: the slope of its logarithm over
/// the last decade above 10 times the tolerance. Empty where fewer than three records show it.
std::optional<double> decay_rate(const std::vector<Record> &records, double tolerance);

/// Warns where the walls keep in more of the mass than the tolerance (`mass_beyond_walls`): they are
/// part of the problem then, not a far-away edge of it.
void warn_of_walls(const Record &record, double tolerance, Log &log);

/// Warns, once in a run, of an observable that is not finite at all points of the mesh.
void warn_of_undefined(const NamedFunction &function, Log &log);
/// The same of all those that have no mean in this record.
void warn_of_undefined(const std::vector<NamedFunction> &functions, const Record &record, Log &log);

/// Warns, once in a run, where the last record has lost or made more mass than `mass_limit`, where the density's
/// negative part has more mass than the tolerance, and where its error in space is estimated above it.
void warn_of_broken_laws(const std::vector<Record> &records, double mass_limit, double tolerance,
                         Log &log);

/// d/dt E f by the discrete operator: with f_h, the projection of f in m, E f = m(u, f_h) and
/// d/dt E f = -a(u, f_h). `loss`: the unknowns of f_h, from project_loss(). `removed`: 1 - s(t) of a
/// learning rate schedule (model/model.h).
template <int dim>
double loss_rate(const FokkerPlanckForm<dim> &form, const PETScVector &loss, const PETScVector &v,
                 double removed = 0);
template <int dim>
PETScVector project_loss(const FokkerPlanckForm<dim> &form);

/// The largest |loss_rate - loss_balance| of all records, relative to their largest E |grad f|^2: how far
/// the discrete operator is from the equation's own law for E f. Empty where f is flat.
std::optional<double> loss_balance_error(const std::vector<Record> &records);
} // namespace lowland
