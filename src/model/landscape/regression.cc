#include "model/landscape/regression.h"

#include "input/nearest.h"
#include "model/formula/grammar.h"
#include "model/noise/noise_families.h"

#include <algorithm>
#include <array>
#include <mutex>

namespace lowland
{
namespace
{
/// Points and samples that are evaluated together: arrays that stay in the cache.
constexpr std::size_t point_block = 64, sample_block = 8;

/// h and its derivatives for one sample at the points of a block.
struct Sample
{
  const Components &outputs; ///< [derivative][sample * n_points + q]
  std::size_t begin;         ///< of this sample
  unsigned int d;
  double target;

  double residual(std::size_t q) const { return outputs[0][begin + q] - target; }
  const double *first(unsigned int i) const { return &outputs[1 + i][begin]; }
  const double *second(unsigned int i, unsigned int j) const
  {
    return &outputs[1 + d + packed(i, j)][begin];
  }
  const double *third(unsigned int i, unsigned int j, unsigned int k) const
  {
    return &outputs[1 + d + n_packed(d) + packed(i, j, k)][begin];
  }
};

void resize(unsigned int n_components, std::size_t n_points, Components &field)
{
  field.assign(n_components, std::vector<double>(n_points, 0.0));
}

/// Adds the derivatives of e^2/2 up to `order` at n points from the point `at` on.
void add(const Sample &s, std::size_t n, Derivatives order, std::size_t at, LandscapeValues &values)
{
  std::array<double, point_block> e;
  for (std::size_t q = 0; q < n; ++q)
  {
    e[q] = s.residual(q);
    values.loss[at + q] += e[q] * e[q] / 2;
  }
  for (unsigned int i = 0; i < s.d && order >= Derivatives::gradient; ++i)
    for (std::size_t q = 0; q < n; ++q)
      values.gradient[i][at + q] += e[q] * s.first(i)[q];
  for (unsigned int i = 0; i < s.d && order >= Derivatives::hessian; ++i)
    for (unsigned int j = 0; j <= i; ++j)
    {
      const double *const a = s.first(i), *const b = s.first(j), *const ab = s.second(i, j);
      double *const sum = &values.hessian[packed(i, j)][at];
      for (std::size_t q = 0; q < n; ++q)
        sum[q] += e[q] * ab[q] + a[q] * b[q];
    }
  for (unsigned int i = 0; i < s.d && order >= Derivatives::third; ++i)
    for (unsigned int j = 0; j <= i; ++j)
      for (unsigned int k = 0; k <= j; ++k)
      {
        double *const sum = &values.third[packed(i, j, k)][at];
        for (std::size_t q = 0; q < n; ++q)
          sum[q] += e[q] * s.third(i, j, k)[q] + s.first(i)[q] * s.second(j, k)[q] +
                    s.first(j)[q] * s.second(i, k)[q] + s.first(k)[q] * s.second(i, j)[q];
      }
}

/// Adds w grad h grad h^T and its divergence, w = 1 or, with `weighted`, e^2.
void add(const Sample &s, std::size_t n, bool weighted, std::size_t at, DiffusionValues &values)
{
  std::array<double, point_block> e, w;
  for (std::size_t q = 0; q < n; ++q)
  {
    e[q] = s.residual(q);
    w[q] = weighted ? e[q] * e[q] : 1;
  }
  for (unsigned int i = 0; i < s.d; ++i)
    for (unsigned int j = 0; j < s.d; ++j)
    {
      const double *const a = s.first(i), *const b = s.first(j);
      const double *const ab = s.second(i, j), *const bb = s.second(j, j);
      double *const sum = &values.tensor[packed(i, j)][at], *const div = &values.divergence[i][at];
      if (j <= i)
        for (std::size_t q = 0; q < n; ++q)
          sum[q] += w[q] * a[q] * b[q];
      for (std::size_t q = 0; q < n; ++q)
        div[q] += w[q] * (ab[q] * b[q] + a[q] * bb[q]);
      if (weighted) // grad e^2 = 2 e grad h
        for (std::size_t q = 0; q < n; ++q)
          div[q] += 2 * e[q] * a[q] * b[q] * b[q];
    }
}

void divide(double n, Components &field)
{
  for (auto &component : field)
    for (double &value : component)
      value /= n;
}
} // namespace

struct Regression::Implementation
{
  GiNaC::ex model;
  unsigned int dimension;
  Components inputs; ///< [input][sample]
  std::vector<double> targets;
  double floor;
  std::array<std::once_flag, 4> compiled;
  std::array<std::unique_ptr<const Program>, 4> programs; ///< of h, by the order of derivatives

  const Program &program(Derivatives order)
  {
    const auto i = static_cast<std::size_t>(order);
    std::call_once(compiled[i], [&]() {
      programs[i] = std::make_unique<const Program>(with_derivatives(model, dimension, order),
                                                    dimension, inputs.size());
    });
    return *programs[i];
  }

  /// Calls `visit(sample, n, begin)` for every sample and block of n points from `begin` on.
  template <typename Visit>
  void for_all_samples(const Points &points, Derivatives order, const Visit &visit)
  {
    const Program &h = program(order);
    Components outputs;
    Points batch;
    for (std::size_t begin = 0; begin < points.size(); begin += point_block)
    {
      const std::size_t n = std::min(point_block, points.size() - begin);
      for (std::size_t first = 0; first < targets.size(); first += sample_block)
      {
        const std::size_t last = std::min(first + sample_block, targets.size());
        fill(points, begin, n, first, last, batch);
        h.evaluate(batch, outputs);
        for (std::size_t k = first; k < last; ++k)
          visit(Sample{outputs, (k - first) * n, dimension, targets[k]}, n, begin);
      }
    }
  }

private:
  /// n points from `begin` on, once for each of the samples [first, last).
  void fill(const Points &points, std::size_t begin, std::size_t n, std::size_t first,
            std::size_t last, Points &batch) const
  {
    batch.resize(dimension + inputs.size(), n * (last - first));
    for (std::size_t k = first; k < last; ++k)
    {
      const std::size_t to = (k - first) * n;
      for (unsigned int i = 0; i < dimension; ++i)
        std::copy_n(points.x[i].begin() + begin, n, batch.x[i].begin() + to);
      for (std::size_t i = 0; i < inputs.size(); ++i)
        std::fill_n(batch.x[dimension + i].begin() + to, n, inputs[i][k]);
    }
  }
};

Regression::Regression(unsigned int dimension_, const std::string &model,
                       const Constants &constants, NumberTable data, const std::string &target,
                       double floor)
    : LossFunction(dimension_, "regression of " + target + " on " + model + ", " +
                                   std::to_string(data.n_rows()) + " samples"),
      implementation_(std::make_unique<Implementation>())
{
  const auto column = std::find(data.names.begin(), data.names.end(), target);
  if (column == data.names.end())
    throw FormulaError("the data have no column `" + target + "`, which Landscape/Target names." +
                       did_you_mean(target, data.names));
  Implementation &self = *implementation_;
  self.dimension = dimension_;
  self.floor = floor;
  self.targets = data.columns[column - data.names.begin()];
  data.columns.erase(data.columns.begin() + (column - data.names.begin()));
  data.names.erase(column);
  if (data.names.size() > most_inputs)
    throw FormulaError("the data have more than " + std::to_string(most_inputs + 1) + " columns");
  for (const std::string &name : data.names)
    if (!why_not_a_constant(name).empty())
      throw FormulaError("the column `" + name +
                         "` of the data cannot be an input: its name is not "
                         "letters, digits and _, or it is that of a parameter or function");
    else if (constants.count(name) > 0)
      throw FormulaError("`" + name + "` is a constant and a column of the data");
  self.inputs = std::move(data.columns);
  self.model = parse_symbolic(model, dimension_, constants, data.names);
  self.program(Derivatives::hessian); // what cannot be differentiated fails here
}

Regression::~Regression() = default;

std::shared_ptr<const Regression> Regression::create(const Parameters &parameters,
                                                     const Constants &constants)
{
  const char *section = "Landscape";
  const std::string file = parameters.file(section, "Data");
  NumberTable data;
  try
  {
    data = read_csv(file);
  }
  catch (const std::runtime_error &error)
  {
    throw parameters.error(section, "Data", error.what());
  }
  try
  {
    return std::make_shared<Regression>(
        parameters.integer("", "Dimension"), parameters.text(section, "Model"), constants,
        std::move(data), parameters.text(section, "Target"), parameters.number(section, "Floor"));
  }
  catch (const FormulaError &error)
  {
    throw parameters.error(section, "Model", error.what());
  }
}

std::size_t Regression::n_samples() const
{
  return implementation_->targets.size();
}

void Regression::evaluate(const Points &points, Derivatives order, LandscapeValues &values) const
{
  const std::size_t n = points.size();
  const unsigned int d = dimension;
  values.loss.assign(n, 0.0);
  resize(order >= Derivatives::gradient ? d : 0, n, values.gradient);
  resize(order >= Derivatives::hessian ? n_packed(d) : 0, n, values.hessian);
  resize(order >= Derivatives::third ? packed(d - 1, d - 1, d - 1) + 1 : 0, n, values.third);
  implementation_->for_all_samples(points, order,
                                   [&](const Sample &s, std::size_t n_block, std::size_t begin) {
                                     add(s, n_block, order, begin, values);
                                   });
  for (double &f : values.loss)
    f = f / n_samples() + implementation_->floor;
  for (Components *field : {&values.gradient, &values.hessian, &values.third})
    divide(n_samples(), *field);
}

void Regression::gradient_moments(const Points &points, bool covariance,
                                  GradientMoments &moments) const
{
  const unsigned int d = dimension;
  const std::size_t n = points.size();
  clear(d, n, moments.fisher);
  clear(d, n, moments.covariance);
  LandscapeValues f;
  f.loss.assign(n, 0.0);
  resize(d, n, f.gradient);
  resize(n_packed(d), n, f.hessian);
  implementation_->for_all_samples(points, Derivatives::hessian,
                                   [&](const Sample &s, std::size_t n_block, std::size_t begin) {
                                     add(s, n_block, false, begin, moments.fisher);
                                     if (covariance)
                                     {
                                       add(s, n_block, true, begin, moments.covariance);
                                       add(s, n_block, Derivatives::hessian, begin, f);
                                     }
                                   });
  for (Components *field :
       {&moments.fisher.tensor, &moments.fisher.divergence, &moments.covariance.tensor,
        &moments.covariance.divergence, &f.gradient, &f.hessian})
    divide(n_samples(), *field);
  for (unsigned int i = 0; i < d && covariance; ++i)
    for (unsigned int j = 0; j < d; ++j)
      for (std::size_t q = 0; q < n; ++q)
      {
        const double a = f.gradient[i][q], b = f.gradient[j][q];
        if (j <= i)
          moments.covariance.tensor[packed(i, j)][q] -= a * b;
        moments.covariance.divergence[i][q] -=
            f.hessian[packed(i, j)][q] * b + a * f.hessian[packed(j, j)][q];
      }
}
} // namespace lowland
