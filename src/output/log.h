// What a run says while it works: lines on the screen and in log.txt, warnings, progress.
#pragma once

#include <fstream>
#include <memory>
#include <mpi.h>
#include <string>
#include <vector>

namespace lowland
{
/// Speaks for all ranks: only rank 0 writes.
class Log
{
public:
  Log(MPI_Comm communicator, bool quiet);
  /// Says nothing, and keeps the warnings.
  Log() : rank_0_(false), quiet_(true), terminal_(false) {}
  ~Log();

  /// From now on lines go to this file as well, after those that were said before; `append` keeps what
  /// the file holds.
  void open(const std::string &file, bool append = false);
  /// One line for screen and file.
  void line(const std::string &text);
  /// `  name   value`, aligned.
  void entry(const std::string &name, const std::string &value);
  /// A warning: shown even when quiet, and kept.
  void warn(const std::string &text);
  const std::vector<std::string> &warnings() const { return warnings_; }
  /// Keeps the warnings of an earlier part of the run, before those since.
  void keep_earlier(const std::vector<std::string> &warnings);
  /// Progress of long work: on a terminal a bar, redrawn in place, with an estimate of the time left;
  /// elsewhere a plain line every so often. `fraction` of the work that is done, 0 to 1.
  void progress(double fraction, const std::string &state);
  /// The same for work whose end is not known: with the time so far.
  void working(const std::string &state);
  /// Wipes the progress line.
  void end_progress();
  bool speaks() const { return rank_0_; }

private:
  void keep(const std::string &line);
  bool is_due();
  void draw(const std::string &text);

  bool rank_0_, quiet_, terminal_;
  std::ofstream file_;
  std::string unwritten_; ///< what was said before there was a file
  std::vector<std::string> warnings_;
  double started_ = -1, last_shown_ = 0;
  bool drawn_ = false;
};

/// A number for a reader: `digits` significant ones.
std::string format(double value, int digits = 4);
} // namespace lowland
