// Field files for ParaView: one high-order VTU per recorded time, one PVD on top.
#pragma once

#include "discretization/space/density_space.h"
#include "model/model.h"

#include <string>
#include <utility>
#include <vector>

namespace lowland
{
class Log;

/// A further density w u to write, a relaxation mode for example.
struct NamedRatio
{
  std::string name;
  const PETScVector &u;
};

/// Writes density.pvd and fields/ in a run folder.
///
/// Fields: rho, log10_rho (of |rho|, at least -300), ratio (rho/pi), loss (f), current (J, always three components),
/// and invariant (pi) wherever there is one.
class FieldWriter
{
public:
  /// `fields`: names from `Output/Fields`. `accuracy`: of rho, pi and further densities in the files, relative to
  /// their sizes in L1; a warning goes to `log` where it is missed by far.
  FieldWriter(std::string folder, std::vector<std::string> fields, double accuracy, Log &log);

  /// Writes u at `time` and the densities of `others` under their names; collective. Throws OutputError.
  template <int dim>
  void write(const DensitySpace<dim> &space, const Model &model, const PETScVector &u,
             double normalisation, double time, const std::vector<NamedRatio> &others = {});

  /// The files written so far with their times, for a checkpoint.
  const std::vector<std::pair<double, std::string>> &files() const { return times_and_files_; }
  /// Goes on behind these files; what else the folder holds was written after the checkpoint and goes.
  /// Collective.
  void restore(std::vector<std::pair<double, std::string>> files, MPI_Comm communicator);

private:
  void warn(const std::string &file, double error);
  void write_pvd(MPI_Comm communicator) const;

  std::string folder_;
  std::vector<std::string> fields_;
  double accuracy_;
  Log &log_;
  bool warned_ = false;
  std::vector<std::pair<double, std::string>> times_and_files_;
};
} // namespace lowland
