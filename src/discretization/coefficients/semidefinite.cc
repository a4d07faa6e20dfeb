#include "discretization/coefficients/semidefinite.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/quadrature.h>
#include <deal.II/base/symmetric_tensor.h>
#include <deal.II/fe/fe_values.h>
#include <deal.II/grid/tria.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace lowland
{
using namespace dealii;

namespace
{
/// Eigenvalues below this part of the largest do not count for the rank.
constexpr double rank_threshold = 1e-10;

/// The eigenvalues of D at point q, descending.
template <int dim>
std::array<double, dim> spectrum(const DiffusionValues &diffusion, std::size_t q)
{
  SymmetricTensor<2, dim> tensor;
  for (unsigned int i = 0; i < dim; ++i)
    for (unsigned int j = 0; j <= i; ++j)
      tensor[i][j] = diffusion.tensor[packed(i, j)][q];
  return eigenvalues(tensor);
}
} // namespace

template <int dim>
DiffusionRange diffusion_range(const DensitySpace<dim> &space, const Model &model)
{
  CellModel<dim> cell_model(space, model, space.quadrature());
  double largest = 0, lowest = std::numeric_limits<double>::max(), narrowest = 1;
  Coordinates point{};
  unsigned int lowest_rank = dim, highest_rank = 0;
  for (const auto &cell : space.mesh().triangulation().active_cell_iterators())
  {
    if (!cell->is_locally_owned())
      continue;
    cell_model.reinit(cell);
    for (std::size_t q = 0; q < cell_model.n_points(); ++q)
    {
      const auto lambda = spectrum<dim>(cell_model.values.diffusion, q);
      // What is not a number must win, and be found among the ranks.
      const double smallest =
          std::isnan(lambda[dim - 1]) ? -std::numeric_limits<double>::infinity() : lambda[dim - 1];
      if (smallest < lowest)
      {
        lowest = smallest;
        point = cell_model.points[q];
      }
      largest = std::max(largest, lambda[0]);
      narrowest = std::min(narrowest, lambda[0] > 0 ? smallest / lambda[0] : 0);
      const unsigned int rank = std::count_if(
          lambda.begin(), lambda.end(), [&](double l) { return l > rank_threshold * lambda[0]; });
      lowest_rank = std::min(lowest_rank, rank);
      highest_rank = std::max(highest_rank, rank);
    }
  }

  const MPI_Comm communicator = space.communicator();
  const auto over_ranks = Utilities::MPI::min_max_avg(lowest, communicator);
  DiffusionRange range;
  range.eigenvalue = over_ranks.min;
  range.point = Utilities::MPI::broadcast(communicator, point, over_ranks.min_index);
  largest = Utilities::MPI::max(largest, communicator);
  range.lowest = largest > 0 ? range.eigenvalue / largest : std::min(0.0, range.eigenvalue);
  range.narrowest = Utilities::MPI::min(narrowest, communicator);
  range.lowest_rank = Utilities::MPI::min(lowest_rank, communicator);
  range.highest_rank = Utilities::MPI::max(highest_rank, communicator);
  return range;
}

template DiffusionRange diffusion_range(const DensitySpace<1> &, const Model &);
template DiffusionRange diffusion_range(const DensitySpace<2> &, const Model &);
template DiffusionRange diffusion_range(const DensitySpace<3> &, const Model &);
} // namespace lowland
