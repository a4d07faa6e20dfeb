// The folder that holds everything a run leaves behind.
#pragma once

#include "input/parameters.h"
#include "output/observables.h"

#include <mpi.h>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace lowland
{
/// input.prm (verbatim), parameters.prm (every value), observables.csv, log.txt, summary.json, and
/// fields/ with density.pvd beside it.
class RunFolder
{
public:
  /// Creates the folder on rank 0; all ranks learn how that went. Throws InputError if it holds a run
  /// and `overwrite` is false, OutputError if it cannot be written.
  RunFolder(const std::string &path, bool overwrite, const Parameters &parameters,
            MPI_Comm communicator);

  const std::string &path() const { return path_; }
  std::string file(const std::string &name) const { return path_ + "/" + name; }

  /// Appends a row to observables.csv, the titles with their units first. Values that do not exist
  /// are empty.
  void append(const Record &record);
  /// Writes summary.json.
  void write_summary(const nlohmann::json &summary) const;

private:
  std::string path_;
  bool rank_0_, has_titles_ = false;
};
} // namespace lowland
