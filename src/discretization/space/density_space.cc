#include "discretization/space/density_space.h"

#include <deal.II/base/quadrature.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/dofs/dof_renumbering.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/fe/fe_dgq.h>
#include <deal.II/fe/fe_q.h>
#include <deal.II/grid/tria.h>
#include <deal.II/lac/affine_constraints.h>
#include <deal.II/lac/dynamic_sparsity_pattern.h>
#include <deal.II/lac/petsc_sparse_matrix.h>
#include <deal.II/lac/petsc_vector.h>
#include <deal.II/lac/sparsity_tools.h>

#include <set>

namespace lowland
{
using namespace dealii;

namespace
{
template <int dim>
std::unique_ptr<FiniteElement<dim>> create_element(bool discontinuous, unsigned int degree)
{
  if (discontinuous)
    return std::make_unique<FE_DGQ<dim>>(degree);
  return std::make_unique<FE_Q<dim>>(degree);
}

/// Glues the unknowns of opposite sides. Sides 2i and 2i+1 of a box are those of axis i.
template <int dim>
void add_periodic_constraints(const DoFHandler<dim> &dof_handler,
                              AffineConstraints<double> &constraints)
{
  std::set<unsigned int> axes;
  for (const auto &[side, partner] : dof_handler.get_triangulation().get_periodic_face_map())
    axes.insert(side.second / 2);
  for (const unsigned int axis : axes)
    DoFTools::make_periodicity_constraints(dof_handler, 2 * axis, 2 * axis + 1, axis, constraints);
}

/// Calls `visit(part, i)` for each shape function of a cell that a wall sets to zero.
template <int dim, typename Cell, typename Visit>
void for_exit_shapes(const Mesh<dim> &mesh, const FiniteElement<dim> &element, const Cell &cell,
                     const Visit &visit)
{
  if (mesh.absorbs(cell->center()))
    for (unsigned int i = 0; i < element.n_dofs_per_cell(); ++i)
      visit(mesh.walls().part_of_region(), i);
  for (const unsigned int side : cell->face_indices())
    if (const auto part = mesh.exit_at(cell, side); part && element.n_dofs_per_vertex() > 0)
      for (unsigned int i = 0; i < element.n_dofs_per_cell(); ++i)
        if (element.has_support_on_face(i, side))
          visit(*part, i);
}
} // namespace

template <int dim>
DensitySpace<dim>::DensitySpace(const Mesh<dim> &mesh, Element element, unsigned int degree,
                                bool absorbing)
    : mesh_(mesh), element_(element), degree_(degree), absorbing_(absorbing),
      finite_element_(create_element<dim>(element == Element::discontinuous, degree)),
      dof_handler_(std::make_unique<DoFHandler<dim>>(mesh.triangulation())),
      constraints_(std::make_unique<AffineConstraints<double>>()),
      locally_relevant_(std::make_unique<IndexSet>()),
      exits_(std::make_unique<std::vector<IndexSet>>()),
      quadrature_(std::make_unique<Quadrature<dim>>(mesh.gauss(degree + 2)))
{
}

template <int dim>
DensitySpace<dim>::~DensitySpace() = default;

template <int dim>
void DensitySpace<dim>::distribute()
{
  dof_handler_->distribute_dofs(*finite_element_);
  DoFTools::extract_locally_relevant_dofs(*dof_handler_, *locally_relevant_);
  constraints_->clear();
  constraints_->reinit(*locally_relevant_);
  if (!is_discontinuous())
  {
    DoFTools::make_hanging_node_constraints(*dof_handler_, *constraints_);
    add_periodic_constraints(*dof_handler_, *constraints_);
  }
  constraints_->close();
  find_exits();
  if (absorbing_)
    impose_exits();
}

/// A rank learns from the owners of unknowns which of them are on walls: their cells may be out of its sight.
template <int dim>
void DensitySpace<dim>::find_exits()
{
  exits_->clear();
  const Walls &walls = mesh_.walls();
  if (!walls.any())
    return;
  std::vector<PETScVector> marks(walls.parts().size(), vector());
  std::vector<types::global_dof_index> indices(finite_element_->n_dofs_per_cell());
  for (const auto &cell : dof_handler_->active_cell_iterators())
  {
    if (!cell->is_locally_owned())
      continue;
    cell->get_dof_indices(indices);
    for_exit_shapes(mesh_, *finite_element_, cell,
                    [&](unsigned int part, unsigned int i) { marks[part](indices[i]) = 1; });
  }
  IndexSet taken(n_unknowns());
  for (PETScVector &mark : marks)
  {
    mark.compress(VectorOperation::insert);
    PETScVector known(locally_owned(), locally_relevant(), communicator());
    known = mark;
    IndexSet exit(n_unknowns());
    for (const auto i : locally_relevant())
      if (known(i) != 0 && !taken.is_element(i))
        exit.add_index(i);
    exit.compress();
    taken.add_indices(exit);
    exits_->push_back(exit);
  }
}

template <int dim>
void DensitySpace<dim>::impose_exits()
{
  AffineConstraints<double> zero(*locally_relevant_);
  for (const IndexSet &exit : *exits_)
    for (const auto i : exit)
      if (!constraints_->is_constrained(i))
        zero.add_line(i);
  zero.close();
  AffineConstraints<double> all(*locally_relevant_);
  all.merge(*constraints_);
  all.merge(zero);
  all.close();
  *constraints_ = std::move(all);
}

template <int dim>
std::size_t DensitySpace<dim>::n_unknowns() const
{
  return dof_handler_->n_dofs();
}

template <int dim>
std::size_t DensitySpace<dim>::n_free_unknowns() const
{
  std::size_t n = 0;
  for (const auto i : locally_owned())
    n += constraints_->is_constrained(i) ? 0 : 1;
  return Utilities::MPI::sum(n, communicator());
}

template <int dim>
const IndexSet &DensitySpace<dim>::locally_owned() const
{
  return dof_handler_->locally_owned_dofs();
}

template <int dim>
PETScVector DensitySpace<dim>::vector() const
{
  return PETScVector(locally_owned(), communicator());
}

template <int dim>
std::unique_ptr<PETScMatrix> DensitySpace<dim>::matrix(DynamicSparsityPattern &couplings) const
{
  SparsityTools::distribute_sparsity_pattern(couplings, locally_owned(), communicator(),
                                             locally_relevant());
  auto matrix = std::make_unique<PETScMatrix>();
  matrix->reinit(locally_owned(), locally_owned(), couplings, communicator());
  return matrix;
}

template <int dim>
PETScVector DensitySpace<dim>::ghosted(const PETScVector &u) const
{
  PETScVector owned(u);
  constraints_->distribute(owned);
  PETScVector result(locally_owned(), locally_relevant(), communicator());
  result = owned;
  return result;
}

template <int dim>
std::vector<std::vector<double>> DensitySpace<dim>::cell_polynomials(const PETScVector &u) const
{
  const PETScVector values = ghosted(u);
  std::vector<std::vector<double>> polynomials(mesh_.triangulation().n_active_cells());
  std::vector<types::global_dof_index> indices(finite_element_->n_dofs_per_cell());
  for (const auto &cell : dof_handler_->active_cell_iterators())
    if (cell->is_locally_owned())
    {
      cell->get_dof_indices(indices);
      auto &p = polynomials[cell->active_cell_index()];
      p.resize(indices.size());
      values.extract_subvector_to(indices.begin(), indices.end(), p.begin());
    }
  return polynomials;
}

template class DensitySpace<1>;
template class DensitySpace<2>;
template class DensitySpace<3>;
} // namespace lowland
