#include "model/landscape/spline.h"

#include <deal.II/lac/lapack_full_matrix.h>

#include <algorithm>
#include <gsl/gsl_bspline.h>
#include <memory>

namespace lowland
{
namespace
{
constexpr std::size_t order_of_splines = 6; // degree 5
constexpr std::size_t left_out = (order_of_splines - 2) / 2;

/// The B-splines of one axis with nodes 0, 1, ..., n-1.
class Basis
{
public:
  explicit Basis(std::size_t n)
      : workspace_(gsl_bspline_alloc(order_of_splines, n - 2 * left_out), gsl_bspline_free),
        values_(gsl_matrix_alloc(order_of_splines, 4), gsl_matrix_free)
  {
    std::vector<double> knots;
    for (std::size_t i = 0; i < n; ++i)
      if (i == 0 || i + 1 == n || (i > left_out && i + 1 + left_out < n))
        knots.push_back(i);
    const auto view = gsl_vector_const_view_array(knots.data(), knots.size());
    gsl_bspline_knots(&view.vector, workspace_.get());
  }

  /// Derivatives up to `order` of the B-splines that are not zero at s.
  void evaluate(double s, unsigned int order)
  {
    std::size_t end = 0;
    gsl_bspline_deriv_eval_nonzero(s, order, values_.get(), &begin_, &end, workspace_.get());
  }
  std::size_t begin() const { return begin_; } ///< the first of them
  double operator()(std::size_t i, unsigned int derivative) const
  {
    return gsl_matrix_get(values_.get(), i, derivative);
  }

private:
  std::unique_ptr<gsl_bspline_workspace, void (*)(gsl_bspline_workspace *)> workspace_;
  std::unique_ptr<gsl_matrix, void (*)(gsl_matrix *)> values_;
  std::size_t begin_ = 0;
};

/// The derivatives along each axis of the entries of with_derivatives(): {0,0,0}, {1,0,0}, ...
std::vector<std::array<unsigned int, 3>> derivatives(unsigned int dimension, unsigned int order)
{
  std::vector<std::array<unsigned int, 3>> all = {{{0, 0, 0}}};
  const auto add = [&](std::initializer_list<unsigned int> axes) {
    std::array<unsigned int, 3> n{};
    for (const unsigned int i : axes)
      ++n[i];
    all.push_back(n);
  };
  for (unsigned int i = 0; i < dimension && order >= 1; ++i)
    add({i});
  for (unsigned int i = 0; i < dimension && order >= 2; ++i)
    for (unsigned int j = 0; j <= i; ++j)
      add({i, j});
  for (unsigned int i = 0; i < dimension && order >= 3; ++i)
    for (unsigned int j = 0; j <= i; ++j)
      for (unsigned int k = 0; k <= j; ++k)
        add({i, j, k});
  return all;
}

/// Turns values at the n nodes of an axis into coefficients, for all lines along that axis.
void interpolate(std::size_t n, std::size_t stride, std::vector<double> &values)
{
  Basis basis(n);
  dealii::LAPACKFullMatrix<double> matrix(n, n), lines(n, values.size() / n);
  for (std::size_t i = 0; i < n; ++i)
  {
    basis.evaluate(i, 0);
    for (std::size_t k = 0; k < order_of_splines; ++k)
      matrix(i, basis.begin() + k) = basis(k, 0);
  }
  const auto first_of_line = [&](std::size_t line) {
    return line % stride + line / stride * stride * n;
  };
  for (std::size_t line = 0; line < lines.n(); ++line)
    for (std::size_t i = 0; i < n; ++i)
      lines(i, line) = values[first_of_line(line) + i * stride];
  matrix.compute_lu_factorization();
  matrix.solve(lines);
  for (std::size_t line = 0; line < lines.n(); ++line)
    for (std::size_t i = 0; i < n; ++i)
      values[first_of_line(line) + i * stride] = lines(i, line);
}
} // namespace

Spline::Spline(unsigned int dimension, const std::array<std::size_t, 3> &sizes,
               const Coordinates &origin, const Coordinates &spacing, std::vector<double> values)
    : dimension_(dimension), sizes_(sizes), origin_(origin), spacing_(spacing),
      coefficients_(std::move(values))
{
  std::size_t stride = 1;
  for (unsigned int i = 0; i < dimension; ++i)
  {
    interpolate(sizes[i], stride, coefficients_);
    stride *= sizes[i];
  }
}

void Spline::evaluate(const Points &points, unsigned int order, Components &results) const
{
  const auto wanted = derivatives(dimension_, order);
  results.assign(wanted.size(), std::vector<double>(points.size(), 0.0));
  std::vector<Basis> axes;
  for (unsigned int i = 0; i < dimension_; ++i)
    axes.emplace_back(sizes_[i]);
  const std::size_t n1 = dimension_ > 1 ? order_of_splines : 1;
  const std::size_t n2 = dimension_ > 2 ? order_of_splines : 1;
  const auto factor = [&](unsigned int axis, std::size_t i, unsigned int derivative) {
    return axis < dimension_ ? axes[axis](i, derivative) : 1.0;
  };
  for (std::size_t q = 0; q < points.size(); ++q)
  {
    std::array<std::size_t, 3> begin{};
    for (unsigned int i = 0; i < dimension_; ++i)
    {
      const double s = (points.x[i][q] - origin_[i]) / spacing_[i];
      axes[i].evaluate(std::clamp(s, 0.0, sizes_[i] - 1.0), order);
      begin[i] = axes[i].begin();
    }
    for (std::size_t k = 0; k < n2; ++k)
      for (std::size_t j = 0; j < n1; ++j)
      {
        const double *const line =
            &coefficients_[begin[0] + sizes_[0] * (begin[1] + j + sizes_[1] * (begin[2] + k))];
        std::array<double, 4> along_x{}; // by the derivative along x
        for (unsigned int n = 0; n <= order; ++n)
          for (std::size_t i = 0; i < order_of_splines; ++i)
            along_x[n] += line[i] * axes[0](i, n);
        for (std::size_t m = 0; m < wanted.size(); ++m)
          results[m][q] +=
              along_x[wanted[m][0]] * factor(1, j, wanted[m][1]) * factor(2, k, wanted[m][2]);
      }
  }
  for (std::size_t m = 0; m < wanted.size(); ++m)
  {
    double scale = 1;
    for (unsigned int i = 0; i < dimension_; ++i)
      for (unsigned int n = 0; n < wanted[m][i]; ++n)
        scale /= spacing_[i];
    for (double &value : results[m])
      value *= scale;
  }
}
} // namespace lowland
