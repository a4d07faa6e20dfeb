#include "discretization/adaptation/mesh_change.h"

#include "discretization/form/cell_model.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/qprojector.h>
#include <deal.II/base/quadrature.h>
#include <deal.II/distributed/cell_data_transfer.templates.h>
#include <deal.II/fe/fe.h>
#include <deal.II/lac/full_matrix.h>
#include <deal.II/numerics/cell_data_transfer.templates.h>

#include <cmath>
#include <map>

namespace lowland
{
using namespace dealii;

namespace
{
using Polynomial = std::vector<double>;

/// Carries polynomials between a cell and its children.
template <int dim>
class FamilyTransfer
{
public:
  using CellIterator = typename Triangulation<dim>::cell_iterator;

  FamilyTransfer(const DensitySpace<dim> &space, const Model &model) : n_(0)
  {
    const auto &element = space.finite_element();
    const auto &nodes = element.get_unit_support_points();
    const Quadrature<dim> &quadrature = space.quadrature();
    n_ = nodes.size();
    for (unsigned int c = 0; c < GeometryInfo<dim>::max_children_per_cell; ++c)
    {
      FullMatrix<double> matrix(n_, n_);
      for (unsigned int i = 0; i < n_; ++i)
        for (unsigned int j = 0; j < n_; ++j)
          matrix(i, j) =
              element.shape_value(j, GeometryInfo<dim>::child_to_cell_coordinates(nodes[i], c));
      prolongation_.push_back(matrix);
      // The child's points, seen from the parent: the child may be gone when it is needed.
      parts_.push_back(std::make_unique<CellModel<dim>>(
          space, model,
          QProjector<dim>::project_to_child(element.reference_cell(), quadrature, c)));
    }
    own_values_ = CellModel<dim>(space, model, quadrature).shape_values();
  }

  /// The same polynomial on each child.
  std::vector<Polynomial> to_children(const Polynomial &polynomial) const
  {
    std::vector<Polynomial> children;
    for (const FullMatrix<double> &matrix : prolongation_)
    {
      children.emplace_back(n_, 0.0);
      for (unsigned int i = 0; i < n_; ++i)
        for (unsigned int j = 0; j < n_; ++j)
          children.back()[i] += matrix(i, j) * polynomial[j];
    }
    return children;
  }

  /// The polynomial p that minimises the sum over the children of int w (p - u)^2.
  Polynomial to_parent(const CellIterator &parent, const std::vector<Polynomial> &children)
  {
    FullMatrix<double> gram(n_, n_);
    Vector<double> moments(n_), solution(n_), scale(n_);
    for (unsigned int c = 0; c < children.size(); ++c)
    {
      parts_[c]->reinit(parent);
      add_child(*parts_[c], children[c], gram, moments);
    }
    // Scaled like the form, because w may vary by many orders of magnitude.
    for (unsigned int i = 0; i < n_; ++i)
      scale(i) = 1 / std::sqrt(gram(i, i));
    for (unsigned int i = 0; i < n_; ++i)
      for (unsigned int j = 0; j < n_; ++j)
        gram(i, j) *= scale(i) * scale(j);
    moments.scale(scale);
    gram.gauss_jordan();
    gram.vmult(solution, moments);
    solution.scale(scale);
    return Polynomial(solution.begin(), solution.end());
  }

private:
  void add_child(const CellModel<dim> &part, const Polynomial &u, FullMatrix<double> &gram,
                 Vector<double> &moments) const
  {
    const std::size_t n_points = part.n_points();
    FullMatrix<double> phi(n_points, n_), weighted(n_points, n_);
    for (std::size_t q = 0; q < n_points; ++q)
    {
      double value = 0;
      for (unsigned int i = 0; i < n_; ++i)
        value += own_values_[q * n_ + i] * u[i];
      for (unsigned int j = 0; j < n_; ++j)
      {
        phi(q, j) = part.shape_values()[q * n_ + j];
        weighted(q, j) = part.weighted_measure[q] * phi(q, j);
        moments(j) += weighted(q, j) * value;
      }
    }
    phi.Tmmult(gram, weighted, true);
  }

  unsigned int n_;
  std::vector<FullMatrix<double>> prolongation_;       ///< by child
  std::vector<std::unique_ptr<CellModel<dim>>> parts_; ///< the parent at the child's points
  std::vector<double> own_values_;                     ///< shape functions at a cell's own points
};

/// In 1D every rank changes the whole mesh and needs all polynomials.
std::vector<Polynomial> gather(const Triangulation<1> &triangulation,
                               const std::vector<Polynomial> &owned, MPI_Comm communicator)
{
  std::map<unsigned int, Polynomial> mine;
  for (const auto &cell : triangulation.active_cell_iterators())
    if (cell->is_locally_owned())
      mine[cell->active_cell_index()] = owned[cell->active_cell_index()];
  std::vector<Polynomial> all(owned.size());
  for (const auto &part : Utilities::MPI::all_gather(communicator, mine))
    for (const auto &[index, polynomial] : part)
      all[index] = polynomial;
  return all;
}
} // namespace

template <int dim>
std::vector<Polynomial> change_mesh(Mesh<dim> &mesh, const DensitySpace<dim> &space,
                                    const Model &model, const std::vector<Polynomial> &polynomials)
{
  auto &triangulation = mesh.triangulation();
  FamilyTransfer<dim> family(space, model);
  using CellIterator = typename Triangulation<dim>::cell_iterator;
  const auto refine = [&](const CellIterator &, const Polynomial &polynomial) {
    return family.to_children(polynomial);
  };
  const auto coarsen = [&](const CellIterator &parent, const std::vector<Polynomial> &children) {
    return family.to_parent(parent, children);
  };
  triangulation.prepare_coarsening_and_refinement();
  std::vector<Polynomial> result;
  if constexpr (dim == 1)
  {
    const auto all = gather(triangulation, polynomials, mesh.communicator());
    CellDataTransfer<1, 1, std::vector<Polynomial>> transfer(triangulation, refine, coarsen);
    transfer.prepare_for_coarsening_and_refinement();
    triangulation.execute_coarsening_and_refinement();
    result.resize(triangulation.n_active_cells());
    transfer.unpack(all, result);
  }
  else
  {
    parallel::distributed::CellDataTransfer<dim, dim, std::vector<Polynomial>> transfer(
        dynamic_cast<parallel::distributed::Triangulation<dim> &>(triangulation), false, refine,
        coarsen);
    transfer.prepare_for_coarsening_and_refinement(polynomials);
    triangulation.execute_coarsening_and_refinement();
    result.resize(triangulation.n_active_cells());
    transfer.unpack(result);
  }
  return result;
}

#define INSTANTIATE(dim)                                                                           \
  template std::vector<Polynomial> change_mesh(Mesh<dim> &, const DensitySpace<dim> &,             \
                                               const Model &, const std::vector<Polynomial> &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
