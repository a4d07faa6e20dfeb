#include "model/well_chain.h"

#include "input/errors.h"

#include <algorithm>
#include <limits>

namespace lowland
{
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

double WellChain::gap() const
{
  if (size() != 2)
    return std::numeric_limits<double>::quiet_NaN();
  return conductances_[0][1] * (1 / masses_[0] + 1 / masses_[1]);
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
