// The face integrals of the form for discontinuous elements; see fokker_planck_form.h.
#pragma once

#include "discretization/density_space.h"
#include "model/model.h"

namespace lowland
{
/// Adds the interior penalty and upwind terms of all interior and periodic faces to `stiffness`.
template <int dim>
void add_face_terms(const DensitySpace<dim> &space, const Model &model, PETScMatrix &stiffness);
} // namespace lowland
