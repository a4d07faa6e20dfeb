// Checkpoints: whatever the newest one holds, it is found whole or passed over for the one before. The input is its
// three files, between lines `===`: state, cells, commit record; without the last the right one is made, so that
// what is behind the checksums is read, too.
#include "output/checkpoint.h"
#include "input/errors.h"
#include "output/durable_file.h"

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sanitizer/lsan_interface.h>

namespace
{
using namespace lowland;
namespace fs = std::filesystem;

std::string run_folder;
constexpr std::size_t n_values_before = 3;

void require(bool condition)
{
  if (!condition)
    std::abort();
}

void write_part(const std::string &ending, const std::string &text)
{
  std::ofstream(run_folder + "/checkpoint/000002." + ending, std::ios::binary) << text;
}

std::string fingerprint(const std::string &text)
{
  return "{\"bytes\":" + std::to_string(text.size()) +
         ",\"crc32\":" + std::to_string(crc32_of(text.data(), text.size())) + "}";
}

/// The text up to the next line of three =, which goes from `rest`.
std::string next_part(std::string &rest)
{
  const std::string mark = "\n===\n";
  const auto end = rest.find(mark);
  const std::string part = rest.substr(0, end);
  rest = end == std::string::npos ? "" : rest.substr(end + mark.size());
  return part;
}

void check(const CheckpointFolder &folder, const Checkpoint &checkpoint, std::size_t n_bytes)
{
  require(checkpoint.number == 1 || checkpoint.number == 2);
  require(checkpoint.state.is_object());
  if (checkpoint.number == 1)
    require(checkpoint.n_values == n_values_before && checkpoint.cells.size() == 2);
  else
    require(checkpoint.cells.size() * record_size(checkpoint.n_values) == n_bytes);
  std::size_t n_read = 0;
  const auto next_block = folder.blocks(checkpoint);
  for (std::string block = next_block(); !block.empty(); block = next_block())
    n_read += block.size();
  require(n_read == checkpoint.cells.size() * record_size(checkpoint.n_values));
}

void remove_run_folder()
{
  fs::remove_all(run_folder);
}
} // namespace

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv)
{
  {
    const __lsan::ScopedDisabler kept_to_the_end; // by OpenMPI, and by components that it lets go
    MPI_Init(argc, argv);
  }
  run_folder = fs::temp_directory_path() / "fuzz_checkpoint_XXXXXX";
  require(mkdtemp(run_folder.data()) != nullptr);
  std::atexit(remove_run_folder);
  CheckpointFolder(run_folder, MPI_COMM_SELF)
      .write({{"task", "evolve"}}, std::string(2 * record_size(n_values_before), 'a'),
             n_values_before);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
  std::string rest(reinterpret_cast<const char *>(data), size);
  const std::string state = next_part(rest), cells = next_part(rest);
  write_part("json", state);
  write_part("cells", cells);
  write_part("commit", !rest.empty() ? rest
                                     : "{\"cells\":" + fingerprint(cells) +
                                           ",\"json\":" + fingerprint(state) + "}");
  Log log(MPI_COMM_SELF, true);
  CheckpointFolder folder(run_folder, MPI_COMM_SELF);
  try
  {
    const auto checkpoint = folder.newest(log);
    require(checkpoint.has_value());
    check(folder, *checkpoint, cells.size());
  }
  catch (const OutputError &error) // of a later version: older ones may not be what is wanted
  {
    require(std::string(error.what()).find("later version") != std::string::npos);
  }
  return 0;
}
