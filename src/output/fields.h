// Field files for ParaView: one high-order VTU per recorded time, one PVD on top.
#pragma once

#include "discretization/density_space.h"
#include "model/model.h"

#include <string>
#include <utility>
#include <vector>

namespace lowland
{
/// Writes density.pvd and fields/ in a run folder.
///
/// Fields: rho, log10_rho (of |rho|, at least -300), ratio (rho/pi), loss (f), current (J, always three components),
/// and invariant (pi) wherever there is one.
class FieldWriter
{
public:
  /// `fields`: names from `Output/Fields`.
  FieldWriter(std::string folder, std::vector<std::string> fields);

  /// Writes u at `time`; collective. Throws OutputError.
  template <int dim>
  void write(const DensitySpace<dim> &space, const Model &model, const PETScVector &u,
             double normalisation, double time);

private:
  std::string folder_;
  std::vector<std::string> fields_;
  std::vector<std::pair<double, std::string>> times_and_files_;
};
} // namespace lowland
