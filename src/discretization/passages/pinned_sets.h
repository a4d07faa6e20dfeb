// The sets of nodes that a question of escape holds fixed: wells, and the walls that absorb.
#pragma once

#include "discretization/space/density_space.h"
#include "model/escape/wells.h"

#include <memory>
#include <vector>

namespace lowland
{
/// How a well is held at a constant value.
enum class Pin
{
  set,  ///< at all nodes in its set, and the one nearest to its point
  point ///< at the node nearest to its anchor: to be left free afterwards, or to start from
};

/// Whether walls that absorb are one set or one for each part (Walls::parts()).
enum class Exits
{
  together,
  apart
};

template <int dim>
class PinnedSets
{
public:
  /// One set for each well, then those of the walls. `space` must be continuous, impose no walls itself, and outlive
  /// this. Collective.
  PinnedSets(const DensitySpace<dim> &space, const std::vector<Well> &wells,
             const std::vector<Pin> &pins, Exits exits);
  ~PinnedSets();

  std::size_t size() const { return indicators_.size(); }
  /// 1 at the nodes of set i, 0 at all others; with its ghosts.
  const PETScVector &indicator(std::size_t i) const { return *indicators_[i]; }
  /// u at the nodes of set i, 0 at all others; with its ghosts. Collective.
  PETScVector restricted(const PETScVector &u, std::size_t i) const;
  /// Those of the space, and 0 at the nodes of all sets.
  const dealii::AffineConstraints<double> &constraints() const { return *constraints_; }

private:
  void pin_wells(const std::vector<Well> &wells, const std::vector<Pin> &pins,
                 dealii::AffineConstraints<double> &pinned);
  void pin_exits(Exits exits, dealii::AffineConstraints<double> &pinned);
  void add(PETScVector &indicator);

  const DensitySpace<dim> &space_;
  std::vector<std::unique_ptr<PETScVector>> indicators_;
  std::unique_ptr<dealii::AffineConstraints<double>> constraints_;
};
} // namespace lowland
