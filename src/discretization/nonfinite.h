// Coefficients of the equation that are infinite or not a number somewhere on the mesh.
#pragma once

#include "discretization/mesh.h"
#include "model/model.h"

#include <optional>

namespace lowland
{
/// A coefficient and where it is not finite.
struct NonFinite
{
  enum class Coefficient
  {
    loss,      ///< f or grad f
    diffusion, ///< D or div D
  } coefficient;
  std::string what; ///< "the loss is nan", for a sentence
  Coordinates point;
};

/// The first such point of the lowest rank that has one; collective. At `quadrature`'s points of each
/// cell everything must be finite. At the vertices, where poles like to sit, f must be finite and the
/// others not infinite: what is 0/0 there is a kink, which no integral sees.
template <int dim>
std::optional<NonFinite> find_nonfinite(const Mesh<dim> &mesh, const Model &model,
                                        const dealii::Quadrature<dim> &quadrature);
} // namespace lowland
