#include "discretization/algebra/linear_interpolation.h"

#include <deal.II/base/mpi.h>
#include <deal.II/dofs/dof_accessor.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/fe/fe.h>
#include <deal.II/lac/affine_constraints.h>
#include <deal.II/lac/dynamic_sparsity_pattern.h>
#include <deal.II/lac/petsc_sparse_matrix.h>
#include <deal.II/lac/petsc_vector.h>

#include <cmath>
#include <map>

namespace lowland
{
using namespace dealii;

namespace
{
using Index = types::global_dof_index;
using Row = std::map<Index, double>;

/// A consecutive number for each unconstrained unknown, -1 for the others.
template <int dim>
class Columns
{
public:
  explicit Columns(const DensitySpace<dim> &space)
      : numbers_(space.locally_owned(), seen_from(space), space.communicator())
  {
    PETScVector numbers = space.vector();
    Index n = 0;
    for (const auto i : space.locally_owned())
      n += space.constraints().is_constrained(i) ? 0 : 1;
    owned_ = Utilities::MPI::create_ascending_partitioning(
        space.communicator(), n)[Utilities::MPI::this_mpi_process(space.communicator())];
    Index next = n > 0 ? owned_.nth_index_in_set(0) : 0;
    for (const auto i : space.locally_owned())
      numbers(i) = space.constraints().is_constrained(i) ? -1.0 : static_cast<double>(next++);
    numbers.compress(VectorOperation::insert);
    numbers_ = numbers;
  }

  const IndexSet &owned() const { return owned_; }
  Index operator()(Index unknown) const { return static_cast<Index>(numbers_(unknown)); }

private:
  /// What is relevant here, and what that depends on.
  static IndexSet seen_from(const DensitySpace<dim> &space)
  {
    IndexSet seen = space.locally_relevant();
    for (const auto i : space.locally_relevant())
      if (const auto *entries = space.constraints().get_constraint_entries(i))
        for (const auto &entry : *entries)
          seen.add_index(entry.first);
    return seen;
  }

  PETScVector numbers_;
  IndexSet owned_;
};

/// The values at the nodes of `element` of the linear functions of a cell.
template <int dim>
std::vector<Row> nodal_values(const FiniteElement<dim> &element, const FiniteElement<dim> &linear)
{
  std::vector<Row> rows;
  for (const Point<dim> &node : element.get_unit_support_points())
  {
    rows.emplace_back();
    for (unsigned int j = 0; j < linear.n_dofs_per_cell(); ++j)
      if (const double value = linear.shape_value(j, node); std::abs(value) > 1e-12)
        rows.back()[j] = value;
  }
  return rows;
}

/// The same in terms of the unconstrained vertices of the mesh.
template <int dim>
Row resolved(const Row &local, const std::vector<Index> &vertices,
             const AffineConstraints<double> &constraints, const Columns<dim> &columns)
{
  Row row;
  for (const auto &[j, value] : local)
    if (!constraints.is_constrained(vertices[j]))
      row[columns(vertices[j])] += value;
    else
      for (const auto &[vertex, factor] : *constraints.get_constraint_entries(vertices[j]))
        row[columns(vertex)] += factor * value;
  return row;
}
} // namespace

template <int dim>
std::unique_ptr<PETScMatrix> linear_interpolation(const DensitySpace<dim> &space,
                                                  const PETScVector &scale)
{
  DensitySpace<dim> linear(space.mesh(), DensitySpace<dim>::Element::continuous, 1);
  linear.distribute();
  const Columns<dim> columns(linear);
  const auto values = nodal_values(space.finite_element(), linear.finite_element());

  std::map<Index, Row> rows;
  std::vector<Index> indices(values.size()), vertices(linear.finite_element().n_dofs_per_cell());
  auto vertex_cell = linear.dof_handler().begin_active();
  for (const auto &cell : space.dof_handler().active_cell_iterators())
  {
    if (cell->is_locally_owned())
    {
      cell->get_dof_indices(indices);
      vertex_cell->get_dof_indices(vertices);
      for (std::size_t i = 0; i < indices.size(); ++i)
        if (space.locally_owned().is_element(indices[i]) &&
            !space.constraints().is_constrained(indices[i]) && rows.find(indices[i]) == rows.end())
          rows[indices[i]] = resolved(values[i], vertices, linear.constraints(), columns);
    }
    ++vertex_cell;
  }

  DynamicSparsityPattern pattern(space.n_unknowns(), columns.owned().size(), space.locally_owned());
  for (const auto &[i, row] : rows)
    for (const auto &[j, value] : row)
      pattern.add(i, j);
  auto matrix = std::make_unique<PETScMatrix>();
  matrix->reinit(space.locally_owned(), columns.owned(), pattern, space.communicator());
  for (const auto &[i, row] : rows)
    for (const auto &[j, value] : row)
      matrix->set(i, j, value / scale(i));
  matrix->compress(VectorOperation::insert);
  return matrix;
}

#define INSTANTIATE(dim)                                                                           \
  template std::unique_ptr<PETScMatrix> linear_interpolation(const DensitySpace<dim> &,            \
                                                             const PETScVector &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
