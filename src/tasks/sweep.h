// One question asked of many parameter files: every combination of the varied keys.
#pragma once

#include "tasks/tasks.h"

#include <optional>

namespace lowland
{
/// A key and the values it takes.
struct Variation
{
  std::string key; ///< "Section/Key"
  std::vector<std::string> values;
};

/// Reads "Section/Key=a, b, c", "Section/Key=lin(a, b, n)", "...=log(a, b, n)"; values that contain commas
/// are separated by semicolons. Throws InputError.
Variation parse_variation(const std::string &text);

/// What to sweep over, and how to ask.
struct Sweep
{
  std::string verb;
  int (*task)(const Parameters &, const RunOptions &);
  std::vector<Variation> variations;
  std::optional<int> only_case; ///< counted from 0: one task of an array job
};

/// The parameter file that is varied.
struct SweptFile
{
  std::string text, name;
  std::vector<std::string> assignments; ///< of --set
};

/// Runs the cases one after another, each in its folder under `options.output`, and gathers the scalars of
/// their summaries in sweep.csv, unless only one case is asked for. A case whose folder holds a finished run
/// with the same parameters is not run again. All cases are checked before the first one runs. A case that
/// fails is reported, the others go on. Returns the worst exit status; throws InputError, OutputError.
int sweep(const SweptFile &file, const Sweep &sweep, const RunOptions &options);
} // namespace lowland
