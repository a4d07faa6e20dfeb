#include "discretization/form/fokker_planck_form.h"

#include "discretization/algebra/linear_interpolation.h"
#include "discretization/algebra/linear_solver.h"
#include "discretization/form/face_terms.h"
#include "discretization/form/flux.h"

#include <deal.II/base/polynomial.h>
#include <deal.II/base/quadrature.h>
#include <deal.II/base/tensor_product_polynomials.h>
#include <deal.II/dofs/dof_accessor.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/fe/fe_values.h>
#include <deal.II/lac/affine_constraints.h>
#include <deal.II/lac/dynamic_sparsity_pattern.h>
#include <deal.II/lac/full_matrix.h>
#include <deal.II/lac/petsc_sparse_matrix.h>
#include <deal.II/lac/petsc_vector.h>

#include <cmath>

namespace lowland
{
using namespace dealii;

namespace
{
/// An empty matrix with the couplings of the form.
template <int dim>
std::unique_ptr<PETScMatrix> create_matrix(const DensitySpace<dim> &space)
{
  DynamicSparsityPattern pattern(space.locally_relevant());
  DoFTools::make_sparsity_pattern(space.dof_handler(), pattern, space.constraints(), false);
  if (space.is_discontinuous())
    add_face_couplings(space, pattern);
  return space.matrix(pattern);
}

/// Another empty one.
std::unique_ptr<PETScMatrix> create_like(const PETScMatrix &other)
{
  auto matrix = std::make_unique<PETScMatrix>();
  matrix->reinit(other);
  return matrix;
}

/// Tells PETSc that the unknowns of each cell of a discontinuous element are a block of the matrix.
void set_block_size(Mat matrix, PetscInt size)
{
  Mat local; // the rank's own columns, from which PETSc takes the diagonal blocks
  check_petsc(MatMPIAIJGetSeqAIJ(matrix, &local, nullptr, nullptr), "setting up a matrix");
  for (const Mat part : {matrix, local})
    check_petsc(MatSetBlockSize(part, size), "setting up a matrix");
}

/// The integrals over one cell, as products of (points x shape functions) matrices.
template <int dim>
class CellIntegrals
{
public:
  CellIntegrals(unsigned int n, unsigned int n_points)
      : mass(n, n), stiffness(n, n), mass_functional(n), l1_functional(n), values_(n_points, n),
        weighted_values_(n_points, n), gradients_(dim * n_points, n), fluxes_(dim * n_points, n)
  {
  }

  void compute(const CellModel<dim> &cell)
  {
    const unsigned int n = values_.n(), n_points = values_.m();
    mass_functional = 0;
    l1_functional = 0;
    for (unsigned int q = 0; q < n_points; ++q)
      for (unsigned int i = 0; i < n; ++i)
      {
        const double phi = cell.shape_values()[q * n + i];
        values_(q, i) = phi;
        weighted_values_(q, i) = cell.weighted_measure[q] * phi;
        mass_functional(i) += weighted_values_(q, i);
        l1_functional(i) += std::abs(weighted_values_(q, i));
        fill_flux(cell, q, i, phi);
      }
    values_.Tmmult(mass, weighted_values_);
    gradients_.Tmmult(stiffness, fluxes_);
  }

  FullMatrix<double> mass, stiffness;
  Vector<double> mass_functional, l1_functional;

private:
  /// Row (q, a) of the matrices: d_a phi_i, and w (D grad phi_i + phi_i g)_a times the measure.
  void fill_flux(const CellModel<dim> &cell, unsigned int q, unsigned int i, double phi)
  {
    const Tensor<1, dim> gradient = cell.fe().shape_grad(i, q);
    const Tensor<1, dim> w_flux = cell.weighted_measure[q] * flux(cell.values, q, phi, gradient);
    for (unsigned int a = 0; a < dim; ++a)
    {
      gradients_(q * dim + a, i) = gradient[a];
      fluxes_(q * dim + a, i) = w_flux[a];
    }
  }

  FullMatrix<double> values_, weighted_values_, gradients_, fluxes_;
};

/// The mean at each node of the polynomials that take given values at the quadrature points of the cells around it. It
/// is no projection, but exact for functions of the space, and so what the iterations of a projection start with.
template <int dim>
class NodalMean
{
public:
  explicit NodalMean(const DensitySpace<dim> &space)
      : sum_(space.vector()), cells_(space.vector()),
        interpolation_(space.finite_element().n_dofs_per_cell(), space.quadrature().size()),
        local_(interpolation_.m()), values_(interpolation_.n()), ones_(local_.size(), 1.0)
  {
    std::vector<std::vector<Polynomials::Polynomial<double>>> per_axis;
    for (const Quadrature<1> &axis : space.quadrature().get_tensor_basis())
      per_axis.push_back(Polynomials::generate_complete_Lagrange_basis(axis.get_points()));
    const AnisotropicPolynomials<dim> polynomials(per_axis);
    const auto &nodes = space.finite_element().get_unit_support_points();
    for (unsigned int i = 0; i < nodes.size(); ++i)
      for (unsigned int q = 0; q < interpolation_.n(); ++q)
        interpolation_(i, q) = polynomials.compute_value(q, nodes[i]);
  }

  void add(const std::vector<types::global_dof_index> &indices, const std::vector<double> &values)
  {
    std::copy(values.begin(), values.end(), values_.begin());
    interpolation_.vmult(local_, values_);
    sum_.add(indices, local_);
    cells_.add(indices, ones_);
  }

  PETScVector mean()
  {
    sum_.compress(VectorOperation::add);
    cells_.compress(VectorOperation::add);
    check_petsc(VecPointwiseDivide(sum_, sum_, cells_), "projecting");
    return sum_;
  }

private:
  PETScVector sum_, cells_;
  FullMatrix<double> interpolation_;
  Vector<double> local_, values_;
  std::vector<double> ones_;
};

/// S = diag(m)^(-1/2); 1 on constrained rows, whose mass is not theirs alone.
template <int dim>
std::unique_ptr<PETScVector> scaling_to_unit_mass(const DensitySpace<dim> &space,
                                                  const PETScMatrix &mass)
{
  auto scale = std::make_unique<PETScVector>(space.vector());
  for (const auto i : space.locally_owned())
    (*scale)(i) = space.constraints().is_constrained(i) ? 1.0 : 1 / std::sqrt(mass.diag_element(i));
  scale->compress(VectorOperation::insert);
  return scale;
}

/// Leaves 1 on the diagonal of rows whose unknowns depend on others.
template <int dim>
void decouple_constrained_rows(const DensitySpace<dim> &space, PETScMatrix &matrix)
{
  for (const auto i : space.locally_owned())
    if (space.constraints().is_constrained(i))
      matrix.set(i, i, 1.0);
  matrix.compress(VectorOperation::insert);
}
} // namespace

template <int dim>
FokkerPlanckForm<dim>::FokkerPlanckForm(const DensitySpace<dim> &space, const Model &model)
    : space_(space), model_(model)
{
  mass_ = create_matrix(space);
  stiffness_ = create_like(*mass_);
  if (!model.learning_rate.is_constant())
    noise_removal_ = create_like(*mass_);
  mass_functional_ = std::make_unique<PETScVector>(space.vector());
  l1_functional_ = std::make_unique<PETScVector>(space.vector());

  CellModel<dim> cell_model(space, model, space.quadrature(), Derivatives::gradient, true);
  const unsigned int n = space.finite_element().n_dofs_per_cell();
  CellIntegrals<dim> integrals(n, space.quadrature().size());
  std::vector<types::global_dof_index> indices(n);
  for (const auto &cell : space.dof_handler().active_cell_iterators())
    if (cell->is_locally_owned())
    {
      cell_model.reinit(cell);
      integrals.compute(cell_model);
      cell->get_dof_indices(indices);
      const auto &constraints = space.constraints();
      constraints.distribute_local_to_global(integrals.mass, indices, *mass_);
      constraints.distribute_local_to_global(integrals.stiffness, indices, *stiffness_);
      constraints.distribute_local_to_global(integrals.mass_functional, indices, *mass_functional_);
      constraints.distribute_local_to_global(integrals.l1_functional, indices, *l1_functional_);
      if (noise_removal_)
      {
        model.noise_removal(cell_model.values);
        integrals.compute(cell_model);
        constraints.distribute_local_to_global(integrals.stiffness, indices, *noise_removal_);
      }
    }
  if (space.is_discontinuous())
    add_face_terms(space, model, *stiffness_, noise_removal_.get());
  mass_->compress(VectorOperation::add);
  stiffness_->compress(VectorOperation::add);
  if (noise_removal_)
    noise_removal_->compress(VectorOperation::add);
  mass_functional_->compress(VectorOperation::add);
  l1_functional_->compress(VectorOperation::add);

  if (space.is_discontinuous())
    set_block_size(*mass_, n);

  scale_ = scaling_to_unit_mass(space, *mass_);
  for (PETScMatrix *matrix : {mass_.get(), stiffness_.get(), noise_removal_.get()})
    if (matrix)
    {
      AssertThrow(MatDiagonalScale(*matrix, *scale_, *scale_) == 0, ExcInternalError());
      decouple_constrained_rows(space, *matrix);
    }
  mass_functional_->scale(*scale_);
  l1_functional_->scale(*scale_);
}

template <int dim>
FokkerPlanckForm<dim>::~FokkerPlanckForm() = default;

template <int dim>
PETScVector FokkerPlanckForm<dim>::to_unknowns(const PETScVector &u) const
{
  PETScVector v(u);
  AssertThrow(VecPointwiseDivide(v, u, *scale_) == 0, ExcInternalError());
  space_.constraints().set_zero(v);
  return v;
}

template <int dim>
PETScVector FokkerPlanckForm<dim>::to_ratio(const PETScVector &v) const
{
  PETScVector u(v);
  u.scale(*scale_);
  space_.constraints().distribute(u);
  return u;
}

template <int dim>
PETScVector FokkerPlanckForm<dim>::project(const Integrand &integrand) const
{
  PETScVector moments = space_.vector();
  NodalMean<dim> ratio(space_);
  CellModel<dim> cell_model(space_, model_, space_.quadrature());
  const unsigned int n = space_.finite_element().n_dofs_per_cell();
  Vector<double> local(n);
  std::vector<double> values;
  std::vector<types::global_dof_index> indices(n);
  for (const auto &cell : space_.dof_handler().active_cell_iterators())
    if (cell->is_locally_owned())
    {
      cell_model.reinit(cell);
      integrand(cell_model, cell->active_cell_index(), values);
      local = 0;
      for (std::size_t q = 0; q < cell_model.n_points(); ++q)
        for (unsigned int i = 0; i < n; ++i)
          local(i) += cell_model.measure[q] * values[q] * cell_model.shape_values()[q * n + i];
      cell->get_dof_indices(indices);
      space_.constraints().distribute_local_to_global(local, indices, moments);
      for (std::size_t q = 0; q < values.size(); ++q)
        values[q] /= cell_model.values.weight[q];
      ratio.add(indices, values);
    }
  moments.compress(VectorOperation::add);
  moments.scale(*scale_);
  PETScVector v = to_unknowns(ratio.mean());
  PETScVector residual(moments);
  // Where F / w is too steep for the mesh, nothing is a better start; also where it is not finite.
  if (!(mass_->residual(residual, v, moments) < moments.l2_norm()))
    v = 0;
  mass_solver().solve(v, moments);
  return v;
}

template <int dim>
LinearSolver &FokkerPlanckForm<dim>::mass_solver() const
{
  if (!mass_solver_)
    mass_solver_ = std::make_unique<LinearSolver>(mass());
  return *mass_solver_;
}

template <int dim>
SolverSettings FokkerPlanckForm<dim>::with_multigrid(const SolverSettings &settings) const
{
  SolverSettings result = settings;
  if (!settings.direct)
    result.interpolation = linear_interpolation(space_, *scale_);
  return result;
}

template <int dim>
std::size_t FokkerPlanckForm<dim>::n_nonzeros() const
{
  return mass_->n_nonzero_elements();
}

template class FokkerPlanckForm<1>;
template class FokkerPlanckForm<2>;
template class FokkerPlanckForm<3>;
} // namespace lowland
