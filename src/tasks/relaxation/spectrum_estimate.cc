#include "tasks/relaxation/spectrum_estimate.h"

#include "discretization/form/l1_bound.h"
#include "input/errors.h"
#include "output/current.h"
#include "tasks/problem/solver_choice.h"

#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <cmath>

namespace lowland
{
namespace
{
/// The shift of shift-and-invert, relative to the largest curvature of the lowest minimum: close to zero
/// beside the rates of a well, and never zero, where the matrix is singular.
constexpr double relative_shift = -1e-3;

/// Of the tolerance of a density the errors of its cells may be this part: they are estimated.
constexpr double cell_share = 0.7;

double shift_of(const std::vector<Minimum> &minima, unsigned int dimension)
{
  const double largest = std::abs(minima.front().curvatures[dimension - 1]);
  return relative_shift * (largest > 0 ? largest : 1.0);
}

std::vector<std::complex<double>> eigenvalues_of(const std::vector<RelaxationMode> &modes)
{
  std::vector<std::complex<double>> values;
  values.reserve(modes.size());
  for (const RelaxationMode &mode : modes)
    values.push_back(mode.eigenvalue);
  return values;
}

std::vector<double> differences(const std::vector<std::complex<double>> &some,
                                const std::vector<std::complex<double>> &others)
{
  std::vector<double> result;
  for (std::size_t n = 0; n < std::min(some.size(), others.size()); ++n)
    result.push_back(std::abs(some[n] - others[n]));
  return result;
}

/// u of the mode, with mass 1.
template <int dim>
PETScVector density_of(const FokkerPlanckForm<dim> &form, const RelaxationMode &mode)
{
  PETScVector v(*mode.real);
  v /= v * form.mass_functional();
  return form.to_ratio(v);
}
} // namespace

template <int dim>
SpectrumEstimate<dim>::SpectrumEstimate(const Problem<dim> &problem, unsigned int number)
    : problem_(problem),
      form_(std::make_unique<FokkerPlanckForm<dim>>(*problem.space, problem.model)),
      modes_(modes_of(*form_, number))
{
  put_density_first(*form_, modes_.modes);
  cell_errors_ = total(problem.mesh, problem.errors_of({ratio(0)}));
}

template <int dim>
SpectrumEstimate<dim>::SpectrumEstimate(SpectrumEstimate &&) noexcept = default;

template <int dim>
SpectrumEstimate<dim>::~SpectrumEstimate() = default;

template <int dim>
RelaxationModes SpectrumEstimate<dim>::modes_of(const FokkerPlanckForm<dim> &form,
                                                unsigned int number) const
{
  return relaxation_modes(form, number, shift_of(problem_.minima, dim), problem_.is_symmetric(),
                          solver_settings(*problem_.space, most_unknowns_factorized));
}

/// Among modes that are not told from zero, an invariant density is the one of most mass for its L1 norm.
template <int dim>
void SpectrumEstimate<dim>::put_density_first(const FokkerPlanckForm<dim> &form,
                                              std::vector<RelaxationMode> &all) const
{
  std::size_t best = 0;
  double most = -1;
  const double limit = std::max(resolution(), all.front().eigenvalue.real());
  for (std::size_t n = 0; n < all.size() && all[n].eigenvalue.real() <= limit; ++n)
  {
    const double share = std::abs(*all[n].real * form.mass_functional()) /
                         l1_bound(form.l1_functional(), *all[n].real);
    if (share > most)
    {
      most = share;
      best = n;
    }
  }
  std::swap(all[0], all[best]);
}

template <int dim>
std::vector<std::complex<double>> SpectrumEstimate<dim>::eigenvalues() const
{
  return eigenvalues_of(modes());
}

template <int dim>
PETScVector SpectrumEstimate<dim>::ratio(std::size_t n) const
{
  const RelaxationMode &mode = modes()[n];
  if (n == 0)
    return density_of(*form_, mode);
  PETScVector v(mode.eigenvalue.imag() < 0 ? *mode.imaginary : *mode.real);
  v /= l1_bound(form_->l1_functional(), v);
  return form_->to_ratio(v);
}

template <int dim>
void SpectrumEstimate<dim>::compare_with(const std::vector<std::complex<double>> &others)
{
  changes_ = differences(eigenvalues(), others);
}

template <int dim>
void SpectrumEstimate<dim>::compare_with_higher_degree()
{
  if (dim < 3 && degree_changes_.empty())
    compare_with_degree(problem_.space->degree() + 1);
}

template <int dim>
void SpectrumEstimate<dim>::compare_with_degree(unsigned int degree)
{
  DensitySpace<dim> space(problem_.mesh, problem_.space->element(), degree);
  space.distribute();
  try
  {
    const FokkerPlanckForm<dim> form(space, problem_.model);
    std::vector<RelaxationMode> others = modes_of(form, modes().size()).modes;
    put_density_first(form, others);
    degree_changes_ = differences(eigenvalues(), eigenvalues_of(others));
    if (std::isnan(gap()))
      return;
    const PETScVector density = ratio(0), other = density_of(form, others.front());
    density_change_ = l1_distance(*problem_.space, density, space, other, problem_.model);
    current_change_ = current_distance(*problem_.space, density, space, other, problem_.model);
  }
  catch (const SolverError &) // what was asked for is there
  {
  }
}

template <int dim>
double SpectrumEstimate<dim>::noise() const
{
  return problem_.absorbs() ? modes_.round_off : std::abs(modes().front().eigenvalue);
}

template <int dim>
double SpectrumEstimate<dim>::round_off() const
{
  return std::max(modes_.round_off, noise());
}

template <int dim>
double SpectrumEstimate<dim>::resolution() const
{
  return 100 * round_off();
}

template <int dim>
bool SpectrumEstimate<dim>::is_resolved(std::size_t n) const
{
  return std::abs(modes()[n].eigenvalue) > resolution();
}

/// What the eigensolver and round-off leave of an error on any mesh: exactly the residual where the modes are orthogonal.
template <int dim>
double SpectrumEstimate<dim>::error_of_solver(std::size_t n) const
{
  return std::max(modes()[n].residual, 10 * noise());
}

template <int dim>
bool SpectrumEstimate<dim>::are_small(const std::vector<double> &changes, double tolerance) const
{
  for (std::size_t n = 0; n < changes.size(); ++n)
    if (is_resolved(n) && // no mesh brings out the others
        changes[n] > std::max(tolerance * std::abs(modes()[n].eigenvalue), error_of_solver(n)))
      return false;
  return true;
}

template <int dim>
double SpectrumEstimate<dim>::largest_change() const
{
  double largest = 0;
  for (std::size_t n = 0; n < changes_.size(); ++n)
    if (is_resolved(n))
      largest = std::max(largest, changes_[n] / std::abs(modes()[n].eigenvalue));
  return largest;
}

template <int dim>
double SpectrumEstimate<dim>::eigenvalue_error(std::size_t n) const
{
  double error = std::numeric_limits<double>::quiet_NaN();
  for (const std::vector<double> *found : {&changes_, &degree_changes_})
    if (n < found->size())
      error = std::fmax(error, (*found)[n]);
  return std::isnan(error) ? error : std::max(error, error_of_solver(n));
}

template <int dim>
double SpectrumEstimate<dim>::gap() const
{
  const double first = problem_.absorbs() ? modes().front().eigenvalue.real() : 0;
  const double lowest = modes().size() > 1 ? modes()[1].eigenvalue.real() - first : 0;
  return lowest > resolution() ? lowest : std::numeric_limits<double>::quiet_NaN();
}

template <int dim>
double SpectrumEstimate<dim>::gap_error() const
{
  return eigenvalue_error(1) + (problem_.absorbs() ? eigenvalue_error(0) : 0);
}

template <int dim>
double SpectrumEstimate<dim>::density_error() const
{
  return std::max(cell_errors_, density_change_);
}

template <int dim>
double SpectrumEstimate<dim>::density_excess(double allowed) const
{
  return std::max(cell_errors_ / cell_share, density_change_) / allowed;
}

/// The share p of one of two wells is a ratio of the rates between them, so that it moves by p (1 - p) <= 1/4 of the sum of
/// their relative errors, each about as large as that of the gap.
template <int dim>
double SpectrumEstimate<dim>::basin_weight_error() const
{
  const bool from_rates = problem_.model.weight.is_one() && changes_.size() > 1;
  return (round_off() + (from_rates ? eigenvalue_error(1) / 2 : 0)) / gap();
}

template <int dim>
void SpectrumEstimate<dim>::warn_of_absorption() const
{
  if (problem_.absorbs() && !(modes().front().eigenvalue.real() > resolution()))
    problem_.log.warn(
        "the rate of absorption is below " + format(resolution(), 2) +
        ", which floating point does not tell from zero here. Mean exit times: lowland escape");
}

template class SpectrumEstimate<1>;
template class SpectrumEstimate<2>;
template class SpectrumEstimate<3>;
} // namespace lowland
