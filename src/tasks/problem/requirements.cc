#include "tasks/problem/requirements.h"

#include "discretization/coefficients/recurrent_classes.h"
#include "discretization/coefficients/semidefinite.h"
#include "model/search/point_vector.h"
#include "tasks/conclusion.h"
#include "tasks/problem/coefficient_keys.h"

namespace lowland
{
namespace
{
/// A uniform mesh of so many cells shows where noise is absent.
constexpr std::size_t cells_to_look_for_classes[] = {0, 2048, 16384, 32768};
} // namespace

template <int dim>
void require_constant_learning_rate(const Problem<dim> &problem)
{
  if (!problem.model.learning_rate.is_constant())
    throw problem.parameters.error(
        "Learning rate schedule", "Kind",
        "the long run is that of one learning rate; use constant, or `lowland evolve` for the "
        "schedule");
}

template <int dim>
void require_start_off_exit(const Problem<dim> &problem, const Coordinates &point)
{
  // The lowest point outside of an exit lies on its rim if the loss falls into it.
  const Coordinates gradient = gradient_at(problem.model.landscape, point);
  const double slope = norm(gradient);
  const Coordinates downhill =
      slope > 0 ? along(point, -1e-6 * problem.mesh.width() / slope, gradient) : point;
  if (problem.absorbs() && (problem.domain.absorbs(point) || problem.domain.absorbs(downhill)))
    throw problem.parameters.error(
        "Escape", "From",
        "what starts at " + point_in_words(point, dim, 6) +
            " is absorbed at once; give a point that is off the exit, in parentheses");
}

template <int dim>
void require_normalisable(const Problem<dim> &problem, const std::string &what)
{
  if (problem.divergence && !problem.domain.absorbs(problem.divergence->point))
    throw problem.parameters.error(
        "Noise", "Kind",
        "pi has infinite mass at " + point_in_words(problem.divergence->point, dim, 6) +
            ", so that there is no " + what +
            ". Add a Landscape/Floor, or change the noise, or ask `lowland evolve` where a given "
            "start ends");
}

template <int dim>
void require_no_point_mass(const Problem<dim> &problem)
{
  const bool mesh_is_limited =
      problem.parameters.integer_or_auto("Discretization", "Maximum level").has_value();
  if (problem.divergence && problem.divergence->in_finite_time &&
      !problem.domain.absorbs(problem.divergence->point) && !mesh_is_limited)
    throw problem.parameters.error(
        "Landscape", "Floor",
        "mass reaches " + point_in_words(problem.divergence->point, dim, 6) +
            " in finite time, where this loss is 0 and falls more steeply than a parabola, and "
            "stands still there: a point mass, which no mesh resolves. Add a floor, a thousandth "
            "of "
            "the loss at the start, say, or for times before that a Discretization/Maximum level");
}

template <int dim>
void require_irreducible(const Problem<dim> &problem, const std::string &what)
{
  if (problem.absorbs())
    return;
  RecurrentClasses classes = recurrent_classes(problem.mesh, problem.model);
  if (classes.of_process == 1)
  {
    // A mesh that adapts to a density may have wide cells where noise is absent.
    Mesh<dim> fine(problem.domain, Coordinates{{1, 1, 1}}, problem.mesh.communicator());
    while (fine.n_cells() < cells_to_look_for_classes[dim])
      fine.refine_uniformly(1);
    const RecurrentClasses finer = recurrent_classes(fine, problem.model);
    if (finer.of_process > 1)
      classes = finer;
  }
  const auto fail = [&](const std::string &why) {
    throw problem.parameters.error("Noise", "Kind", why);
  };
  if (classes.of_process > 1)
    fail("this noise leaves " + std::to_string(classes.of_process) +
         " parts of the domain that nothing leads out of, so " + what +
         " is not unique. Add noise that connects them, restrict the domain to one of them, or ask "
         "`lowland evolve` where a given start ends");
  if (diffusion_range(*problem.space, problem.model).highest_rank == 0)
    throw problem.parameters.error(
        "Noise", diffusion_key(problem.parameters).second,
        "D = 0 throughout the domain: without noise all mass ends in a point, and " + what +
            " does not exist");
  if (classes.of_cells > classes.of_process)
    fail("the drift carries all mass onto a set that no noise leads off, so the invariant measure "
         "has no density and " +
         what +
         " is not computed. Add noise across that set, or a small isotropic one "
         "to all, or ask `lowland evolve` how a given start gets there");
}

#define INSTANTIATE(dim)                                                                           \
  template void require_constant_learning_rate(const Problem<dim> &);                              \
  template void require_start_off_exit(const Problem<dim> &, const Coordinates &);                 \
  template void require_normalisable(const Problem<dim> &, const std::string &);                   \
  template void require_no_point_mass(const Problem<dim> &);                                       \
  template void require_irreducible(const Problem<dim> &, const std::string &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
