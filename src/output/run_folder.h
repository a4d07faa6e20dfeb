// The folder that holds everything a run leaves behind.
#pragma once

#include "input/parameters.h"
#include "output/log.h"
#include "output/record.h"

#include <mpi.h>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace lowland
{
/// input.prm (verbatim), parameters.prm (every value), observables.csv, log.txt, summary.json,
/// fields/ with density.pvd beside it, and checkpoint/.
///
/// Nothing is written, and nothing of an old run lost, before create(): it comes when all of the input
/// is known to be good. Rank 0 writes; all functions are collective and throw on all ranks.
class RunFolder
{
public:
  /// Throws InputError if the folder holds a run and `overwrite` is false.
  RunFolder(const std::string &path, bool overwrite, const Parameters &parameters,
            MPI_Comm communicator);
  /// Makes the folder; an old run's files go, whatever else lies there stays. From now on `log` is
  /// written into it, with what was said before. Throws OutputError, as all below.
  void create(Log &log);
  /// Goes on with a run that left these records. observables.csv is written anew with them, so that no row
  /// is lost or doubled, `log` is written behind the old one, and the old summary goes.
  void reopen(Log &log, const std::vector<Record> &records);

  const std::string &path() const { return path_; }
  std::string file(const std::string &name) const { return path_ + "/" + name; }

  /// Appends a row to observables.csv, the titles with their units first. Values that do not exist
  /// are empty.
  void append(const Record &record);
  /// Writes summary.json.
  void write_summary(const nlohmann::json &summary) const;

private:
  MPI_Comm communicator_;
  std::string path_;
  Parameters parameters_;
  bool has_titles_ = false;
};

/// Writes a file under another name and moves it into place: a reader sees all of it or nothing.
/// Throws OutputError.
void write_file(const std::string &name, const std::string &text);
} // namespace lowland
