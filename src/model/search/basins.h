// Basins of attraction: which minimum of the loss the gradient flow leads to.
#pragma once

#include "model/search/minima.h"

namespace lowland
{
/// The basins of isolated minima. A gradient flow that ends elsewhere, on a connected set of minimisers
/// or a side of the domain, belongs to none.
class Basins
{
public:
  static constexpr int none = -1;

  /// `region` keeps the flow in the domain.
  Basins(const Landscape &landscape, const std::vector<Minimum> &minima,
         const SearchRegion &region);

  std::size_t size() const { return minima_.size(); }
  /// For each point the index of the minimum that d theta/ds = -grad f reaches from there, or `none`. The
  /// flow is integrated by an embedded Runge-Kutta pair (Boost.Odeint), its speed limited far away.
  std::vector<int> at(const Points &points) const;

private:
  void follow_flow(std::vector<double> &state, double duration) const;
  void collect(std::vector<std::size_t> &moving, std::vector<double> &state,
               std::vector<int> &basins) const;
  int captured(const std::vector<double> &state, std::size_t n, std::size_t q) const;

  const Landscape &landscape_;
  const std::vector<Minimum> &minima_;
  SearchRegion region_;
  std::vector<double> capture_radius_;
  double length_, rate_; ///< size of the region, largest curvature at the minima
};
} // namespace lowland
