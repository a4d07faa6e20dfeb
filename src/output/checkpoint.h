// Checkpoints: what a run needs to go on after it was ended, on any number of ranks.
//
// checkpoint/NUMBER.cells    the records of all active cells (discretization/space/cell_records.h), little-endian
// checkpoint/NUMBER.json     the state: everything else
// checkpoint/NUMBER.commit   length and checksum of both; it is written last
//
// Each is synced to the disk before the next one is begun. A checkpoint counts only if all three are there
// and agree.
#pragma once

#include "discretization/mesh/cell_name.h"
#include "output/log.h"

#include <cstddef>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lowland
{
/// The version of the format: a checkpoint of a later one is refused.
constexpr std::size_t checkpoint_format = 1;

/// A whole checkpoint that was found in a run folder.
struct Checkpoint
{
  unsigned int number = 0;
  nlohmann::json state = nlohmann::json::object();
  std::vector<CellName> cells; ///< all active cells
  std::string records_file;
  std::size_t n_values = 0; ///< on each cell
};

/// The checkpoints of one run folder. All functions are collective.
class CheckpointFolder
{
public:
  CheckpointFolder(const std::string &run_folder, MPI_Comm communicator);

  /// Writes a new checkpoint and then removes all but the two newest. `own_records`: this rank's, with
  /// `n_values` values each. Returns its size in bytes. Throws OutputError; the older ones are still
  /// there then.
  std::size_t write(nlohmann::json state, const std::string &own_records, std::size_t n_values);
  /// Removes all but the newest.
  void keep_only_newest();
  /// The newest whole checkpoint; `log` is warned of newer ones that are passed over. Throws
  /// OutputError if there are some, but none is whole, and where the program is too old for it.
  std::optional<Checkpoint> newest(Log &log);
  /// Gives the cells' records to all ranks, block by block, nothing at the end.
  std::function<std::string()> blocks(const Checkpoint &checkpoint) const;

private:
  std::string file(unsigned int number, const std::string &ending) const;
  std::vector<unsigned int> numbers() const;
  void remove_all_but(std::size_t n) const;
  Checkpoint read(unsigned int number) const;

  std::string path_;
  MPI_Comm communicator_;
  std::set<unsigned int> damaged_; ///< those that newest() passed over, on rank 0
};
} // namespace lowland
