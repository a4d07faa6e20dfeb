// The face integrals of the form for discontinuous elements; see fokker_planck_form.h.
#pragma once

#include "discretization/space/density_space.h"
#include "model/model.h"

namespace lowland
{
/// Adds the couplings between the unknowns on the two sides of all these faces. (deal.II's own flux pattern
/// misses periodic faces between levels, and PETSc drops entries outside the pattern.)
template <int dim>
void add_face_couplings(const DensitySpace<dim> &space, dealii::DynamicSparsityPattern &pattern);

/// Adds the interior penalty and upwind terms of all interior and periodic faces, and those of walls that
/// absorb, to `stiffness` and, unless it is null, those of the coefficients of Model::noise_removal() to
/// `noise_removal`.
template <int dim>
void add_face_terms(const DensitySpace<dim> &space, const Model &model, PETScMatrix &stiffness,
                    PETScMatrix *noise_removal = nullptr);
} // namespace lowland
