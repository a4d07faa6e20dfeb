#include "discretization/form/face_terms.h"

#include "discretization/form/cell_model.h"
#include "discretization/mesh/dealii_points.h"

#include <deal.II/base/quadrature.h>
#include <deal.II/dofs/dof_accessor.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/fe/fe.h>
#include <deal.II/fe/fe_interface_values.h>
#include <deal.II/lac/affine_constraints.h>
#include <deal.II/lac/dynamic_sparsity_pattern.h>
#include <deal.II/lac/full_matrix.h>
#include <deal.II/lac/petsc_sparse_matrix.h>

#include <algorithm>
#include <cmath>

namespace lowland
{
using namespace dealii;

namespace
{
template <int dim>
using Cell = typename DoFHandler<dim>::active_cell_iterator;

/// Points FEInterfaceValues to the face f of `cell` if this side is the one to assemble it: the finer
/// side, or of two equal ones the one with the smaller cell id; or if it is a wall that absorbs. Returns
/// false else.
///
/// deal.II's mesh_loop would do this, but asserts on periodic faces (9.4) and visits faces between
/// levels twice in 1D on several ranks.
template <int dim>
bool visit_face(const Mesh<dim> &mesh, const Cell<dim> &cell, unsigned int f,
                FEInterfaceValues<dim> &fe)
{
  constexpr unsigned int none = numbers::invalid_unsigned_int;
  const bool periodic = cell->has_periodic_neighbor(f);
  if (is_at_boundary(cell, f))
  {
    const bool absorbs = mesh.exit_at(cell, f).has_value();
    if (absorbs)
      fe.reinit(cell, f);
    return absorbs;
  }
  const auto neighbor = cell->neighbor_or_periodic_neighbor(f);
  if (!neighbor->is_active())
    return false;         // its children see us as the coarser side
  if constexpr (dim == 1) // points: the finer side is as good as the coarser one
  {
    // On a line, which may have more levels than a CellId can tell, all ranks number all cells alike.
    if (neighbor->level() < cell->level() ||
        (neighbor->level() == cell->level() && cell->index() < neighbor->index()))
    {
      fe.reinit(cell, f, none, neighbor, 1 - f, none);
      return true;
    }
    return false;
  }
  if (neighbor->level() < cell->level())
  {
    const auto there = periodic ? cell->periodic_neighbor_of_coarser_periodic_neighbor(f)
                                : cell->neighbor_of_coarser_neighbor(f);
    fe.reinit(cell, f, none, neighbor, there.first, there.second);
    return true;
  }
  if (!(cell->id() < neighbor->id()))
    return false;
  const unsigned int there =
      periodic ? cell->periodic_neighbor_of_periodic_neighbor(f) : cell->neighbor_of_neighbor(f);
  fe.reinit(cell, f, none, neighbor, there, none);
  return true;
}

/// Which sides of a face hold mass. At an absorbing region it is one; at a wall, a face with one side, both
/// means that one.
enum class Sides
{
  both,
  here,
  there,
  none
};

template <int dim>
Sides sides_with_mass(const Mesh<dim> &mesh, const Cell<dim> &cell, unsigned int f)
{
  const bool here = !mesh.absorbs(cell->center());
  if (is_at_boundary(cell, f))
    return here ? Sides::both : Sides::none;
  const bool there = !mesh.absorbs(cell->neighbor_or_periodic_neighbor(f)->center());
  return here && there ? Sides::both : (here ? Sides::here : (there ? Sides::there : Sides::none));
}

/// The integrals over one face.
template <int dim>
class FaceIntegrals
{
public:
  FaceIntegrals(const Model &model, unsigned int degree) : model_(model), degree_(degree) {}

  /// Evaluates the model on the face.
  void reinit(const FEInterfaceValues<dim> &fe)
  {
    copy_points(fe.get_quadrature_points(), dim, points_);
    model_.evaluate(points_, values_);
    model_.measure(points_, measure_);
  }

  /// Goes on with what the noise's end changes.
  void remove_noise() { model_.noise_removal(values_); }

  /// Adds up the matrix of the 2n unknowns on both sides. `inverse_height`: |F|/|K| of the thinner side.
  void compute(const FEInterfaceValues<dim> &fe, double inverse_height, Sides sides,
               FullMatrix<double> &matrix)
  {
    const unsigned int n = fe.n_current_interface_dofs();
    matrix.reinit(n, n);
    for (unsigned int q = 0; q < points_.size(); ++q)
      add_point(fe, q, inverse_height, sides, matrix);
  }

private:
  /// With mass on one side only, the terms are those of a wall on which u = 0: Nitsche's method and outflow.
  void add_point(const FEInterfaceValues<dim> &fe, unsigned int q, double inverse_height,
                 Sides sides, FullMatrix<double> &matrix)
  {
    const unsigned int n = matrix.m();
    const Tensor<1, dim> normal = fe.normal(q);
    Tensor<1, dim> conormal; // D n
    double velocity = 0;     // -g . n, from - to +
    for (unsigned int a = 0; a < dim; ++a)
    {
      velocity -= values_.drift[a][q] * normal[a];
      for (unsigned int b = 0; b < dim; ++b)
        conormal[a] += values_.diffusion.tensor[packed(a, b)][q] * normal[b];
    }
    const double factor = measure_[q] * values_.weight[q] * fe.JxW(q);
    const double penalty = penalty_factor(q, normal, inverse_height) * (conormal * normal);
    jump_.resize(n), flux_.resize(n), upwind_.resize(n);
    const double side = sides == Sides::there ? -1 : 1;
    for (unsigned int i = 0; i < n; ++i)
      if (sides == Sides::both)
      {
        jump_[i] = fe.jump_in_shape_values(i, q);
        flux_[i] = conormal * fe.average_of_shape_gradients(i, q);
        upwind_[i] = fe.shape_value(velocity > 0, i, q);
      }
      else
      {
        jump_[i] = side * fe.shape_value(side > 0, i, q);
        flux_[i] = conormal * (fe.average_of_shape_gradients(i, q) +
                               0.5 * side * fe.jump_in_shape_gradients(i, q));
        upwind_[i] = velocity * side > 0 ? fe.shape_value(side > 0, i, q) : 0;
      }
    for (unsigned int i = 0; i < n; ++i)
      for (unsigned int j = 0; j < n; ++j)
        matrix(i, j) +=
            factor * ((penalty * jump_[j] - flux_[j] + velocity * upwind_[j]) * jump_[i] -
                      flux_[i] * jump_[j]);
  }

  /// k (k+1) |F|/|K|, more where w varies across the cell: then w's mass sits in a layer thinner
  /// than the cell, and the trace inequality sees the layer's thickness.
  double penalty_factor(unsigned int q, const Tensor<1, dim> &normal, double inverse_height) const
  {
    double variation = 0; // of log w across the cell, to first order
    for (unsigned int a = 0; a < dim; ++a)
      variation += values_.log_weight_gradient[a][q] * normal[a];
    variation = std::abs(variation) / inverse_height;
    return 2 * degree_ * (degree_ + 1) * inverse_height * (1 + variation);
  }

  const Model &model_;
  double degree_;
  Points points_;
  ModelValues values_;
  std::vector<double> measure_, jump_, flux_, upwind_;
};

/// 1/height of the thinner of the two cells at the face.
template <int dim>
double inverse_height(const Cell<dim> &cell, unsigned int f)
{
  const double measure =
      is_at_boundary(cell, f)
          ? cell->measure()
          : std::min(cell->measure(), cell->neighbor_or_periodic_neighbor(f)->measure());
  if constexpr (dim == 1)
    return 1 / measure;
  else
    return cell->face(f)->measure() / measure;
}

/// Calls `visit(cell, f, fe)` on every interior or periodic face that this rank assembles.
template <int dim, typename Visit>
void for_assembled_faces(const DensitySpace<dim> &space, UpdateFlags flags, const Visit &visit)
{
  FEInterfaceValues<dim> fe(space.mesh().mapping(), space.finite_element(),
                            space.mesh().gauss_on_sides(space.degree() + 2), flags);
  for (const auto &cell : space.dof_handler().active_cell_iterators())
    if (cell->is_locally_owned())
      for (const unsigned int f : cell->face_indices())
        if (visit_face(space.mesh(), cell, f, fe))
          visit(cell, f, fe);
}
} // namespace

template <int dim>
void add_face_couplings(const DensitySpace<dim> &space, DynamicSparsityPattern &pattern)
{
  for_assembled_faces(space, update_default,
                      [&](const Cell<dim> &, unsigned int, const FEInterfaceValues<dim> &fe) {
                        space.constraints().add_entries_local_to_global(
                            fe.get_interface_dof_indices(), pattern, false);
                      });
}

template <int dim>
void add_face_terms(const DensitySpace<dim> &space, const Model &model, PETScMatrix &stiffness,
                    PETScMatrix *noise_removal)
{
  FaceIntegrals<dim> integrals(model, space.degree());
  FullMatrix<double> matrix;
  for_assembled_faces(space,
                      update_values | update_gradients | update_JxW_values | update_normal_vectors |
                          update_quadrature_points,
                      [&](const Cell<dim> &cell, unsigned int f, const FEInterfaceValues<dim> &fe) {
                        const Sides sides = sides_with_mass(space.mesh(), cell, f);
                        if (sides == Sides::none)
                          return;
                        const double thinness = inverse_height<dim>(cell, f);
                        const auto indices = fe.get_interface_dof_indices();
                        integrals.reinit(fe);
                        integrals.compute(fe, thinness, sides, matrix);
                        space.constraints().distribute_local_to_global(matrix, indices, stiffness);
                        if (noise_removal)
                        {
                          integrals.remove_noise();
                          integrals.compute(fe, thinness, sides, matrix);
                          space.constraints().distribute_local_to_global(matrix, indices,
                                                                         *noise_removal);
                        }
                      });
}

template void add_face_couplings(const DensitySpace<1> &, DynamicSparsityPattern &);
template void add_face_terms(const DensitySpace<1> &, const Model &, PETScMatrix &, PETScMatrix *);
template void add_face_couplings(const DensitySpace<2> &, DynamicSparsityPattern &);
template void add_face_terms(const DensitySpace<2> &, const Model &, PETScMatrix &, PETScMatrix *);
template void add_face_couplings(const DensitySpace<3> &, DynamicSparsityPattern &);
template void add_face_terms(const DensitySpace<3> &, const Model &, PETScMatrix &, PETScMatrix *);
} // namespace lowland
