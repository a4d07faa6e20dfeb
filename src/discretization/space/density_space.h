// The finite-element space of u = rho / w.
#pragma once

#include "discretization/mesh/mesh.h"

#include <vector>

namespace lowland
{
/// Continuous (FE_Q) or discontinuous (FE_DGQ) piecewise polynomials of one degree on a mesh, with
/// the constraints of hanging nodes and periodic sides.
template <int dim>
class DensitySpace
{
public:
  enum class Element
  {
    continuous,
    discontinuous
  };

  /// u = 0 on walls that absorb: imposed here for continuous elements and in regions; at the sides of
  /// discontinuous elements the form does it. Not imposed with `absorbing` false.
  DensitySpace(const Mesh<dim> &mesh, Element element, unsigned int degree, bool absorbing = true);
  ~DensitySpace();

  /// Numbers the unknowns and computes the constraints of the current mesh.
  void distribute();

  const Mesh<dim> &mesh() const { return mesh_; }
  MPI_Comm communicator() const { return mesh_.communicator(); }
  Element element() const { return element_; }
  bool is_discontinuous() const { return element_ == Element::discontinuous; }
  unsigned int degree() const { return degree_; }
  std::size_t n_unknowns() const;
  /// Those that no constraint, of hanging nodes or of exits, determines. Collective.
  std::size_t n_free_unknowns() const;

  const dealii::FiniteElement<dim, dim> &finite_element() const { return *finite_element_; }
  const dealii::DoFHandler<dim, dim> &dof_handler() const { return *dof_handler_; }
  const dealii::AffineConstraints<double> &constraints() const { return *constraints_; }
  const dealii::IndexSet &locally_owned() const;
  const dealii::IndexSet &locally_relevant() const { return *locally_relevant_; }
  /// For each part of the walls (Walls::parts()) the unknowns on it, of those relevant here: nodes on sides
  /// of continuous elements, all of the cells of a region.
  const std::vector<dealii::IndexSet> &exits() const { return *exits_; }
  /// Gauss points of the form: exact for w times products of two shape functions, and the measure of a radius, if w is
  /// cubic.
  const dealii::Quadrature<dim> &quadrature() const { return *quadrature_; }

  /// A zero vector of owned unknowns.
  PETScVector vector() const;
  /// A zero matrix with these couplings of relevant unknowns, which those of other ranks join. Collective.
  std::unique_ptr<PETScMatrix> matrix(dealii::DynamicSparsityPattern &couplings) const;
  /// `u` with its ghosts, hanging nodes filled in.
  PETScVector ghosted(const PETScVector &u) const;
  /// Local shape values of `ghosted` u on each locally owned active cell, by active cell index.
  std::vector<std::vector<double>> cell_polynomials(const PETScVector &u) const;

private:
  void find_exits();
  void impose_exits();

  const Mesh<dim> &mesh_;
  Element element_;
  unsigned int degree_;
  bool absorbing_;
  std::unique_ptr<dealii::FiniteElement<dim, dim>> finite_element_;
  std::unique_ptr<dealii::DoFHandler<dim, dim>> dof_handler_;
  std::unique_ptr<dealii::AffineConstraints<double>> constraints_;
  std::unique_ptr<dealii::IndexSet> locally_relevant_;
  std::unique_ptr<std::vector<dealii::IndexSet>> exits_;
  std::unique_ptr<dealii::Quadrature<dim>> quadrature_;
};
} // namespace lowland
