// What the tests against exact results share: runs in a temporary folder, distances of a computed
// density from an exact one, exact Gaussians, observed orders.
//
// Bounds used throughout: if the L1 error of the density is at most e, then E[g] is off by at most
// e sup|g|. The program promises an L1 error of 3 times its tolerance (`l1_promise`).
#pragma once

#include "tasks/evolution/evolution.h"

#include <deal.II/base/symmetric_tensor.h>

#include <functional>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace lowland
{
/// The measured L1 error is at most this many tolerances.
constexpr double l1_promise = 3;

/// "Section/Key=value", as after --set.
using Settings = std::vector<std::string>;
Settings operator+(Settings first, const Settings &second);
/// "Section/Key=value" of a number with all its digits.
std::string assign(const std::string &key, double value);

/// Runs `evolve` on MPI_COMM_WORLD without fields and returns the recorded rows.
template <int dim>
std::vector<Record> run_evolution(const Settings &settings,
                                  const typename Evolution<dim>::Observer &observer = {});

/// Runs a task on MPI_COMM_WORLD and returns its summary.json, on all ranks. Without fields, unless
/// `look` sees the run folder before it is removed.
nlohmann::json run_summary(int (*task)(const Parameters &, const RunOptions &),
                           const Settings &settings,
                           const std::function<void(const std::string &folder)> &look = {});

/// The form on the initial mesh, not adapted, and nothing that runs. On MPI_COMM_WORLD.
template <int dim>
struct FixedProblem
{
  explicit FixedProblem(const Settings &settings);
  /// The unknowns of the initial density.
  PETScVector start() const;

  Parameters parameters;
  Log log;
  Problem<dim> problem;
  std::unique_ptr<FokkerPlanckForm<dim>> form;
};

/// An exact density at a point.
using Density = std::function<double(const Coordinates &)>;
/// int |rho - exact| dmu.
template <int dim>
double l1_distance(const Problem<dim> &problem, const PETScVector &u, const Density &exact);
/// sqrt(int (rho - exact)^2 dmu).
template <int dim>
double l2_distance(const Problem<dim> &problem, const PETScVector &u, const Density &exact);
/// rho at a point of the domain.
template <int dim>
double density_at(const Problem<dim> &problem, const PETScVector &u, const Coordinates &point);

/// The normal law N(mean, covariance).
template <int dim>
struct Gaussian
{
  dealii::Tensor<1, dim> mean;
  dealii::SymmetricTensor<2, dim> covariance;

  double density(const Coordinates &x) const;
  /// KL(this | other).
  double relative_entropy(const Gaussian &other) const;
};

/// f = x.A x/2 with D = k I, from N(mean, deviation^2 I).
template <int dim>
struct OrnsteinUhlenbeck
{
  dealii::SymmetricTensor<2, dim> hessian; ///< A
  double k;                                ///< eta sigma
  dealii::Tensor<1, dim> mean;
  double deviation;

  /// m = e^(-At) m0, C = e^(-2At) s^2 + k A^-1 (1 - e^(-2At)).
  Gaussian<dim> at(double time) const;
  Gaussian<dim> invariant() const;
};

/// In the plane, with a Hessian that couples x and y, k = 0.2 and a start beside the minimum.
OrnsteinUhlenbeck<2> tilted_plane_law();
/// Its loss and its start.
Settings tilted_plane();

/// log2 of the ratio of the errors at two resolutions that differ by a factor of 2.
double observed_order(double coarse, double fine);

/// A column of a record; fails the test where it has no value.
double column(const Record &record, const std::string &name);
} // namespace lowland
