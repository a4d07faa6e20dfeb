// Coefficients of the equation, and starts, that cannot be used somewhere on the mesh.
#pragma once

#include "discretization/mesh/mesh.h"
#include "model/initial_density.h"

#include <optional>

namespace lowland
{
/// What is not finite, or negative, and where.
struct BadCoefficient
{
  enum class Coefficient
  {
    loss,      ///< f or grad f
    diffusion, ///< D or div D
    start      ///< the initial density
  } coefficient;
  std::string what; ///< for a sentence: "the loss is infinite"
  Coordinates point;
};

/// The first such point of the lowest rank that has one; collective. At `quadrature`'s points of each
/// cell everything must be finite, and the start not negative. At the vertices, where poles like to sit, f must
/// be finite and its gradient and D not infinite: what is 0/0 there is a kink, which no integral sees.
template <int dim>
std::optional<BadCoefficient> find_bad_coefficient(const Mesh<dim> &mesh, const Model &model,
                                                   const InitialDensity &start,
                                                   const dealii::Quadrature<dim> &quadrature);

/// A point at which D jumps between the centre of a cell and its vertices; collective.
template <int dim>
std::optional<Coordinates> find_jump_of_diffusion(const Mesh<dim> &mesh, const Model &model);
} // namespace lowland
