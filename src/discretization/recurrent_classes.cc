#include "discretization/recurrent_classes.h"

#include "discretization/cell_model.h"

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

/// The passages across one face: from - to +, and back.
struct Passages
{
  bool out, back;
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

  template <typename Cell>
  Passages at(const Cell &cell, unsigned int face)
  {
    values_.reinit(cell, face);
    copy_points(values_.get_quadrature_points(), dim, points_);
    model_.evaluate(points_, coefficients_);
    const auto normal = values_.normal_vector(0);
    const DiffusionValues &diffusion = coefficients_.diffusion;
    double noise = 0, size = 0, drift = 0;
    for (unsigned int i = 0; i < dim; ++i)
    {
      // b = grad f + div D, not what the reference weight leaves of it
      drift -= normal[i] * (coefficients_.landscape.gradient[i][0] + diffusion.divergence[i][0]);
      size += std::abs(diffusion.tensor[packed(i, i)][0]);
      for (unsigned int j = 0; j < dim; ++j)
        noise += normal[i] * diffusion.tensor[packed(i, j)][0] * normal[j];
    }
    const bool noisy = noise > 1e-14 * size;
    return {noisy || drift > 0, noisy || drift < 0};
  }

private:
  const Model &model_;
  FE_Nothing<dim> element_;
  FEFaceValues<dim> values_;
  Points points_;
  ModelValues coefficients_;
};

/// The edges that start or end at cells of this rank; a face is seen from its finer side.
template <int dim>
std::vector<Edge> passages_of_rank(const Mesh<dim> &mesh, const Model &model)
{
  FaceCrossing<dim> crossing(mesh, model);
  std::vector<Edge> edges;
  for (const auto &cell : mesh.triangulation().active_cell_iterators())
    if (cell->is_locally_owned())
      for (const unsigned int f : cell->face_indices())
      {
        if (cell->at_boundary(f) && !cell->has_periodic_neighbor(f))
          continue;
        const auto neighbor = cell->neighbor_or_periodic_neighbor(f);
        if (!neighbor->is_active())
          continue;
        const unsigned int here = cell->global_active_cell_index(),
                           there = neighbor->global_active_cell_index();
        const Passages passages = crossing.at(cell, f);
        if (passages.out)
          edges.emplace_back(here, there);
        if (passages.back)
          edges.emplace_back(there, here);
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
unsigned int n_recurrent_classes(const Mesh<dim> &mesh, const Model &model)
{
  std::vector<Edge> all;
  for (const auto &edges :
       Utilities::MPI::all_gather(mesh.communicator(), passages_of_rank(mesh, model)))
    all.insert(all.end(), edges.begin(), edges.end());
  return n_closed_components(all, mesh.n_cells());
}

template unsigned int n_recurrent_classes(const Mesh<1> &, const Model &);
template unsigned int n_recurrent_classes(const Mesh<2> &, const Model &);
template unsigned int n_recurrent_classes(const Mesh<3> &, const Model &);
} // namespace lowland
