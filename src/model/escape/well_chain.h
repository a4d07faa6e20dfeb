// The small reversible Markov chain between wells, and what follows from it by eliminating wells.
//
// With h_i = 1 on well i and 0 on the others, harmonic in between, the chain has the conductances
// C_ij = -int pi grad h_i . D grad h_j > 0 and the masses m_i = int pi h_i. Leaving well k free adds
// C_ik C_kj / sum_l C_kl to C_ij and the share C_ik / sum_l C_kl of h_k to h_i (the star-mesh
// transformation): sums and products of positive numbers, so that every number keeps its relative
// accuracy, however different the conductances are (Grassmann, Taksar and Heyman 1985).
#pragma once

#include <cstddef>
#include <vector>

namespace lowland
{
class WellChain
{
public:
  using Matrix = std::vector<std::vector<double>>;
  /// `conductances`: symmetric, the diagonal is not read.
  WellChain(Matrix conductances, std::vector<double> masses);

  std::size_t size() const { return masses_.size(); }
  /// Leaves free every well that is not listed. Throws SolverError for a well that nothing leads to.
  void keep_only(const std::vector<std::size_t> &kept);

  /// C_ij between kept wells.
  double conductance(std::size_t i, std::size_t j) const { return conductances_[i][j]; }
  /// The conductance between wells i and j when all others are free: their capacity.
  double capacity(std::size_t i, std::size_t j) const;
  /// The same chain with C_ij larger by `amount`.
  WellChain strengthened(std::size_t i, std::size_t j, double amount) const;
  /// From well i to any of `targets`: the sum of its conductances over m_i, all other kept wells but
  /// i and the targets eliminated.
  double rate(std::size_t i, const std::vector<std::size_t> &targets) const;
  /// The slowest rate at which the chain of two or more wells, none left free, forgets where it was: the least
  /// eigenvalue but 0 of -L h = sum_j C_ij (h_i - h_j) / m_i, with all its digits. It is the spectral gap of the process
  /// up to a relative error of the size of gap / (the slowest rate within a well). Throws SolverError for a well that
  /// nothing leads to.
  double gap() const;
  /// The coefficients of the present h_i in the original functions.
  const std::vector<double> &composition(std::size_t i) const { return composition_[i]; }

private:
  void eliminate(std::size_t k);
  /// The values of all wells where a unit current flows from well j to well p, which is held at 0.
  std::vector<double> unit_current(std::size_t j, std::size_t p) const;

  Matrix conductances_, composition_;
  std::vector<double> masses_;
  std::vector<bool> free_;
};
} // namespace lowland
