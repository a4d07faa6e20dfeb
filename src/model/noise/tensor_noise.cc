// D from formulas, and sums of noises.
#include "model/formula/grammar.h"
#include "model/noise/noise_families.h"

#include <algorithm>

namespace lowland
{
namespace
{
/// D and then div D, which is differentiated symbolically.
std::vector<GiNaC::ex> with_divergence(std::vector<GiNaC::ex> entries, unsigned int dimension)
{
  for (unsigned int i = 0; i < dimension; ++i)
  {
    GiNaC::ex sum = 0;
    for (unsigned int j = 0; j < dimension; ++j)
      sum += derivative(entries[packed(i, j)], j);
    entries.push_back(sum);
  }
  return entries;
}

class TensorNoise : public Noise
{
public:
  TensorNoise(const std::vector<GiNaC::ex> &entries, unsigned int dimension)
      : program_(with_divergence(entries, dimension), dimension)
  {
  }
  Derivatives needs() const override { return Derivatives::none; }
  bool is_semidefinite() const override { return false; }

  void evaluate(const Points &points, const LandscapeValues &,
                DiffusionValues &values) const override
  {
    Components all;
    program_.evaluate(points, all);
    const auto middle = std::make_move_iterator(all.begin() + n_packed(points.dimension()));
    values.tensor.assign(std::make_move_iterator(all.begin()), middle);
    values.divergence.assign(middle, std::make_move_iterator(all.end()));
  }

private:
  Program program_;
};

class SumOfNoises : public Noise
{
public:
  explicit SumOfNoises(std::vector<std::unique_ptr<Noise>> terms) : terms_(std::move(terms)) {}

  Derivatives needs() const override
  {
    Derivatives needs = Derivatives::none;
    for (const auto &term : terms_)
      needs = std::max(needs, term->needs());
    return needs;
  }
  bool needs_nonnegative_loss() const override
  {
    return std::any_of(terms_.begin(), terms_.end(),
                       [](const auto &term) { return term->needs_nonnegative_loss(); });
  }
  bool is_semidefinite() const override
  {
    return std::all_of(terms_.begin(), terms_.end(),
                       [](const auto &term) { return term->is_semidefinite(); });
  }

  void evaluate(const Points &points, const LandscapeValues &landscape,
                DiffusionValues &values) const override
  {
    terms_.front()->evaluate(points, landscape, values);
    DiffusionValues more;
    for (std::size_t k = 1; k < terms_.size(); ++k)
    {
      terms_[k]->evaluate(points, landscape, more);
      add(more.tensor, values.tensor);
      add(more.divergence, values.divergence);
    }
  }

private:
  static void add(const Components &from, Components &to)
  {
    for (std::size_t i = 0; i < to.size(); ++i)
      for (std::size_t q = 0; q < to[i].size(); ++q)
        to[i][q] += from[i][q];
  }

  std::vector<std::unique_ptr<Noise>> terms_;
};
} // namespace

std::unique_ptr<Noise> tensor_noise(const std::vector<GiNaC::ex> &entries, unsigned int dimension)
{
  return std::make_unique<TensorNoise>(entries, dimension);
}

std::unique_ptr<Noise> sum_of_noises(std::vector<std::unique_ptr<Noise>> terms)
{
  return std::make_unique<SumOfNoises>(std::move(terms));
}
} // namespace lowland
