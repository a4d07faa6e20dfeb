#include "output/reactive_fields.h"

#include "discretization/form/flux.h"
#include "output/vtu.h"

#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace lowland
{
using namespace dealii;

namespace
{
/// A committor: where pi is tiny no flux shows how far polynomials overshoot, and u is round-off.
double in_unit_interval(double committor)
{
  return std::clamp(committor, 0.0, 1.0);
}

/// Some scalars and the current.
template <int dim>
class PathFields : public VtuFields<dim>
{
public:
  std::vector<VtuField> fields() const override
  {
    std::vector<VtuField> fields;
    for (const std::string &scalar : scalars())
      // A quotient that jumps where its denominator vanishes, and f, have no part in the answer's accuracy.
      fields.push_back({scalar, false, scalar == "committor" || scalar == "invariant"});
    fields.push_back({"reactive_current", true, true});
    return fields;
  }

protected:
  static void append(const Tensor<1, dim> &current, std::vector<double> &numbers)
  {
    for (unsigned int a = 0; a < dim; ++a)
      numbers.push_back(current[a]);
  }

private:
  virtual std::vector<std::string> scalars() const = 0;
};

/// In detailed balance, from all h_k.
template <int dim>
class ReversiblePaths : public PathFields<dim>
{
public:
  ReversiblePaths(const std::vector<double> &coefficients, double normalisation)
      : coefficients_(coefficients), normalisation_(normalisation)
  {
  }

  void evaluate(const FunctionsAtPoint<dim> &at, std::vector<double> &numbers) const override
  {
    const double pi = std::exp(at.model.log_relative_pi[at.q]) / normalisation_;
    double committor = 0;
    for (std::size_t k = 0; k < coefficients_.size(); ++k)
      committor += coefficients_[k] * at.u[k];
    numbers.insert(numbers.end(), {in_unit_interval(committor), at.model.landscape.loss[at.q], pi});
    this->append(pi * diffusion_times(at.model, at.q, committor_gradient(at)), numbers);
  }

private:
  std::vector<std::string> scalars() const override { return {"committor", "loss", "invariant"}; }

  /// The gradients of all h_k add up to zero; leaving out that of the largest, which is constant but
  /// for roundings in its own well, keeps the small current there.
  Tensor<1, dim> committor_gradient(const FunctionsAtPoint<dim> &at) const
  {
    const std::size_t largest = std::max_element(at.u.begin(), at.u.end()) - at.u.begin();
    Tensor<1, dim> sum;
    for (std::size_t k = 0; k < coefficients_.size(); ++k)
      sum += (coefficients_[k] - coefficients_[largest]) * at.gradients[k];
    return sum;
  }

  const std::vector<double> coefficients_;
  const double normalisation_;
};

/// In general, from q, u and u_a.
template <int dim>
class IrreversiblePaths : public PathFields<dim>
{
public:
  void evaluate(const FunctionsAtPoint<dim> &at, std::vector<double> &numbers) const override
  {
    const double w = at.model.weight[at.q], committor = at.u[0], u = at.u[1], u_a = at.u[2];
    const double backward = u > 0 ? in_unit_interval(u_a / u) : 0;
    numbers.insert(numbers.end(),
                   {in_unit_interval(committor), backward, at.model.landscape.loss[at.q], w * u});
    this->append(w * (u_a * diffusion_times(at.model, at.q, at.gradients[0]) -
                      committor * flux(at.model, at.q, u_a, at.gradients[2])),
                 numbers);
  }

private:
  std::vector<std::string> scalars() const override
  {
    return {"committor", "backward_committor", "loss", "invariant"};
  }
};
} // namespace

template <int dim>
void write_reactive_fields(const DensitySpace<dim> &space, const Model &model,
                           const HarmonicFunctions<dim> &functions,
                           const std::vector<double> &coefficients, double normalisation,
                           double accuracy, const std::string &file)
{
  std::vector<const PETScVector *> all;
  all.reserve(functions.size());
  for (std::size_t k = 0; k < functions.size(); ++k)
    all.push_back(&functions[k]);
  write_vtu<dim>(space, model, all, ReversiblePaths<dim>(coefficients, normalisation), accuracy,
                 file);
}

template <int dim>
void write_reactive_fields(const DensitySpace<dim> &space, const Model &model,
                           const PETScVector &committor, const PETScVector &u,
                           const PETScVector &u_a, double accuracy, const std::string &file)
{
  write_vtu<dim>(space, model, {&committor, &u, &u_a}, IrreversiblePaths<dim>(), accuracy, file);
}

#define INSTANTIATE(dim)                                                                           \
  template void write_reactive_fields(const DensitySpace<dim> &, const Model &,                    \
                                      const HarmonicFunctions<dim> &, const std::vector<double> &, \
                                      double, double, const std::string &);                        \
  template void write_reactive_fields(const DensitySpace<dim> &, const Model &,                    \
                                      const PETScVector &, const PETScVector &,                    \
                                      const PETScVector &, double, const std::string &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
