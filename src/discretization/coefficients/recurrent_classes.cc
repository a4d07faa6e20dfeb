#include "discretization/coefficients/recurrent_classes.h"

#include "discretization/form/cell_model.h"
#include "discretization/mesh/dealii_points.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/quadrature_lib.h>
#include <deal.II/fe/fe_nothing.h>
#include <deal.II/fe/fe_values.h>
#include <deal.II/grid/tria.h>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>
#include <boost/serialization/utility.hpp>
#include <boost/serialization/vector.hpp>

#include <cmath>
#include <set>

namespace lowland
{
using namespace dealii;

namespace
{
using Edge = std::pair<unsigned int, unsigned int>;

/// The passages across one face: from - to +, and back; or whether drift alone leads onto it from both sides.
struct Passages
{
  bool out, back, meeting;
};

template <int dim>
class FaceCrossing
{
public:
  FaceCrossing(const Mesh<dim> &mesh, const Model &model)
      : model_(model), values_(mesh.mapping(), element_, QGauss<dim - 1>(1),
                               update_quadrature_points | update_normal_vectors)
  {
  }

  /// Through the face between two cells.
  template <typename Cell, typename Neighbor>
  Passages at(const Cell &cell, unsigned int face, const Neighbor &neighbor)
  {
    values_.reinit(cell, face);
    const Tensor<1, dim> normal = values_.normal_vector(0);
    evaluate({values_.quadrature_point(0), cell->center(), neighbor->center()});
    const auto [noise, size] = noise_along(normal);
    if (noise > 1e-14 * size)
      return {true, true, false};
    const double drift = drift_along(normal, 0), before = drift_along(normal, 1),
                 behind = drift_along(normal, 2);
    const bool meeting = before > 0 && behind < 0 && std::abs(drift) < 1e-10 * (before - behind);
    return {drift > 0 && !meeting, drift < 0 && !meeting, meeting};
  }

private:
  void evaluate(const std::vector<Point<dim>> &points)
  {
    copy_points(points, dim, points_);
    model_.evaluate(points_, coefficients_);
  }

  /// n.D n at the first point, and the size of D.
  std::pair<double, double> noise_along(const Tensor<1, dim> &normal) const
  {
    double noise = 0, size = 0;
    for (unsigned int i = 0; i < dim; ++i)
    {
      size += std::abs(coefficients_.diffusion.tensor[packed(i, i)][0]);
      for (unsigned int j = 0; j < dim; ++j)
        noise += normal[i] * coefficients_.diffusion.tensor[packed(i, j)][0] * normal[j];
    }
    return {noise, size};
  }

  /// -n.b, b = grad f + div D, not what the reference weight leaves of it.
  double drift_along(const Tensor<1, dim> &normal, std::size_t q) const
  {
    double drift = 0;
    for (unsigned int i = 0; i < dim; ++i)
      drift -= normal[i] *
               (coefficients_.landscape.gradient[i][q] + coefficients_.diffusion.divergence[i][q]);
    return drift;
  }

  const Model &model_;
  FE_Nothing<dim> element_;
  FEFaceValues<dim> values_;
  Points points_;
  ModelValues coefficients_;
};

/// Edges between the cells that passages lead through, and between those that only meet on a face.
struct Edges
{
  std::vector<Edge> passages, meetings;
};

/// The edges that start or end at cells of this rank; a face is seen from its finer side.
template <int dim>
Edges edges_of_rank(const Mesh<dim> &mesh, const Model &model)
{
  FaceCrossing<dim> crossing(mesh, model);
  Edges edges;
  for (const auto &cell : mesh.triangulation().active_cell_iterators())
    if (cell->is_locally_owned())
      for (const unsigned int f : cell->face_indices())
      {
        if (is_at_boundary(cell, f))
          continue;
        const auto neighbor = cell->neighbor_or_periodic_neighbor(f);
        if (!neighbor->is_active())
          continue;
        const unsigned int here = cell->global_active_cell_index(),
                           there = neighbor->global_active_cell_index();
        const Passages passages = crossing.at(cell, f, neighbor);
        if (passages.out)
          edges.passages.emplace_back(here, there);
        if (passages.back)
          edges.passages.emplace_back(there, here);
        if (passages.meeting)
          edges.meetings.insert(edges.meetings.end(), {{here, there}, {there, here}});
      }
  return edges;
}

unsigned int n_closed_components(const std::vector<Edge> &edges, std::size_t n_cells)
{
  const boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS> graph(
      edges.begin(), edges.end(), n_cells);
  std::vector<int> component(n_cells);
  const int n = boost::strong_components(
      graph,
      boost::make_iterator_property_map(component.begin(), boost::get(boost::vertex_index, graph)));
  std::set<int> open;
  for (const Edge &edge : edges)
    if (component[edge.first] != component[edge.second])
      open.insert(component[edge.first]);
  return n - open.size();
}
} // namespace

template <int dim>
RecurrentClasses recurrent_classes(const Mesh<dim> &mesh, const Model &model)
{
  const Edges edges = edges_of_rank(mesh, model);
  std::vector<Edge> all;
  const auto gather = [&](const std::vector<Edge> &of_rank) {
    for (const auto &part : Utilities::MPI::all_gather(mesh.communicator(), of_rank))
      all.insert(all.end(), part.begin(), part.end());
    return n_closed_components(all, mesh.n_cells());
  };
  RecurrentClasses classes{};
  classes.of_cells = gather(edges.passages);
  classes.of_process = gather(edges.meetings);
  return classes;
}

template RecurrentClasses recurrent_classes(const Mesh<1> &, const Model &);
template RecurrentClasses recurrent_classes(const Mesh<2> &, const Model &);
template RecurrentClasses recurrent_classes(const Mesh<3> &, const Model &);
} // namespace lowland
