#include "tasks/problem/element_choice.h"

#include "discretization/coefficients/semidefinite.h"

namespace lowland
{
namespace
{
const char *place_of_elements = "Discretization";

/// Noise that is this much weaker along some direction than along another leaves that direction to the drift.
constexpr double narrow_noise = 0.01;
} // namespace

ElementChoice choose_element(const Parameters &parameters, const Model &model,
                             const InitialDensity &start, double tolerance)
{
  const std::string wish = parameters.text(place_of_elements, "Element");
  const bool discontinuous =
      wish == "discontinuous" ||
      (wish == "auto" && (model.weight.is_one() || !model.learning_rate.is_constant()));
  // Degree 4 halves the time of a density that moves through space, and triples that of an invariant one.
  const bool moves = !start.is_none() && !start.is_invariant();
  const double high_degree_in_space = moves && !discontinuous ? 3e-3 : 3e-5;
  const unsigned int in_the_plane = tolerance < 3e-5 ? 6 : (tolerance < 5e-3 ? 4 : 3);
  const unsigned int in_space = tolerance < high_degree_in_space ? 4 : (tolerance < 1e-2 ? 3 : 2);
  const unsigned int suggested = model.dimension() == 3 ? in_space : in_the_plane;
  return {discontinuous,
          static_cast<unsigned int>(
              parameters.integer_or_auto(place_of_elements, "Degree").value_or(suggested))};
}

unsigned int least_degree(const Parameters &parameters, unsigned int dimension)
{
  return parameters.integer_or_auto(place_of_elements, "Degree").value_or(dimension == 3 ? 2 : 3);
}

template <int dim>
bool continuous_suits_invariant_density(const Parameters &parameters,
                                        const DensitySpace<dim> &space, const Model &model)
{
  // In space a fixed mesh may be too fine for factors, and multigrid wants discontinuous ones.
  const bool fixed_in_space = dim == 3 && !parameters.flag(place_of_elements, "Adaptation");
  return !fixed_in_space && space.is_discontinuous() &&
         parameters.text(place_of_elements, "Element") == "auto" &&
         diffusion_range(space, model).narrowest >= narrow_noise;
}

#define INSTANTIATE(dim)                                                                           \
  template bool continuous_suits_invariant_density(const Parameters &, const DensitySpace<dim> &,  \
                                                   const Model &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
