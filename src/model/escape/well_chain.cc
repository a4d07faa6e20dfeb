#include "model/escape/well_chain.h"

#include "input/errors.h"

#include <algorithm>
#include <cmath>
#include <gsl/gsl_eigen.h>
#include <memory>
#include <numeric>

namespace lowland
{
namespace
{
/// Of a symmetric matrix with entries of any size.
double largest_eigenvalue(const WellChain::Matrix &matrix)
{
  const std::size_t n = matrix.size();
  double scale = 0;
  for (std::size_t i = 0; i < n; ++i)
    scale = std::max(scale, matrix[i][i]);
  const std::unique_ptr<gsl_matrix, void (*)(gsl_matrix *)> scaled(gsl_matrix_alloc(n, n),
                                                                   gsl_matrix_free);
  const std::unique_ptr<gsl_vector, void (*)(gsl_vector *)> eigenvalues(gsl_vector_alloc(n),
                                                                        gsl_vector_free);
  const std::unique_ptr<gsl_eigen_symm_workspace, void (*)(gsl_eigen_symm_workspace *)> workspace(
      gsl_eigen_symm_alloc(n), gsl_eigen_symm_free);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j)
      gsl_matrix_set(scaled.get(), i, j, matrix[i][j] / scale);
  gsl_eigen_symm(scaled.get(), eigenvalues.get(), workspace.get());
  return scale * gsl_vector_max(eigenvalues.get());
}
} // namespace

WellChain::WellChain(Matrix conductances, std::vector<double> masses)
    : conductances_(std::move(conductances)),
      composition_(masses.size(), std::vector<double>(masses.size(), 0.0)),
      masses_(std::move(masses)), free_(masses_.size(), false)
{
  for (std::size_t i = 0; i < size(); ++i)
  {
    conductances_[i][i] = 0;
    composition_[i][i] = 1;
  }
}

void WellChain::keep_only(const std::vector<std::size_t> &kept)
{
  for (std::size_t k = 0; k < size(); ++k)
    if (!free_[k] && std::find(kept.begin(), kept.end(), k) == kept.end())
      eliminate(k);
}

void WellChain::eliminate(std::size_t k)
{
  const std::vector<double> from_k = conductances_[k];
  double sum = 0;
  for (const double c : from_k)
    sum += c;
  if (!(sum > 0))
    throw SolverError("Minimum " + std::to_string(k + 1) +
                      " is cut off from all others: what leads to it is below the smallest number. "
                      "Raise the learning rate or the intensity.");
  for (std::size_t i = 0; i < size(); ++i)
  {
    const double share = from_k[i] / sum;
    masses_[i] += share * masses_[k];
    for (std::size_t j = 0; j < size(); ++j)
    {
      if (j != i)
        conductances_[i][j] += share * from_k[j];
      composition_[i][j] += share * composition_[k][j];
    }
    conductances_[i][k] = 0;
  }
  std::fill(conductances_[k].begin(), conductances_[k].end(), 0.0);
  free_[k] = true;
}

double WellChain::capacity(std::size_t i, std::size_t j) const
{
  WellChain reduced = *this;
  reduced.keep_only({i, j});
  return reduced.conductances_[i][j];
}

WellChain WellChain::strengthened(std::size_t i, std::size_t j, double amount) const
{
  WellChain stronger = *this;
  stronger.conductances_[i][j] += amount;
  stronger.conductances_[j][i] += amount;
  return stronger;
}

std::vector<double> WellChain::unit_current(std::size_t j, std::size_t p) const
{
  if (j == p)
    return std::vector<double>(size());
  WellChain reduced = *this;
  reduced.keep_only({j, p});
  std::vector<double> potential = reduced.composition_[j];
  for (double &value : potential)
    value /= reduced.conductances_[j][p];
  return potential;
}

// With well p held at 0, unit currents into well j raise the wells to G_ij = h_j(i) / capacity(j, p), which elimination
// gives with all digits. The slow modes are those of sqrt(m) G sqrt(m) on functions of mean zero. Taking the means
// out costs no digits where m_p is the largest mass.
double WellChain::gap() const
{
  const std::size_t n = size();
  const std::size_t p = std::max_element(masses_.begin(), masses_.end()) - masses_.begin();
  Matrix potential; // symmetric
  potential.reserve(n);
  for (std::size_t j = 0; j < n; ++j)
    potential.push_back(unit_current(j, p));
  const double total = std::accumulate(masses_.begin(), masses_.end(), 0.0);
  std::vector<double> means(n);
  for (std::size_t i = 0; i < n; ++i)
    means[i] =
        std::inner_product(masses_.begin(), masses_.end(), potential[i].begin(), 0.0) / total;
  const double mean =
      std::inner_product(masses_.begin(), masses_.end(), means.begin(), 0.0) / total;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j)
      potential[i][j] = std::sqrt(masses_[i]) * std::sqrt(masses_[j]) *
                        (potential[i][j] - means[i] - means[j] + mean);
  return 1 / largest_eigenvalue(potential);
}

double WellChain::rate(std::size_t i, const std::vector<std::size_t> &targets) const
{
  WellChain reduced = *this;
  std::vector<std::size_t> kept = targets;
  kept.push_back(i);
  reduced.keep_only(kept);
  double sum = 0;
  for (const std::size_t j : targets)
    sum += reduced.conductances_[i][j];
  return sum / reduced.masses_[i];
}
} // namespace lowland
