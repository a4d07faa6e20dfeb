#include "output/checkpoint.h"

#include "input/errors.h"
#include "input/rank_0.h"
#include "output/durable_file.h"

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>

namespace lowland
{
namespace fs = std::filesystem;
using nlohmann::json;

namespace
{
/// What goes from rank to rank, and through memory, at once.
constexpr std::size_t block_size = 1 << 24;

/// Hands the bytes of all ranks to rank 0, one rank after the other, in blocks.
void gather_blocks(const std::string &own, MPI_Comm communicator,
                   const std::function<void(const char *, std::size_t)> &take)
{
  const unsigned int rank = dealii::Utilities::MPI::this_mpi_process(communicator);
  const auto sizes = dealii::Utilities::MPI::gather(communicator, own.size());
  std::vector<char> block;
  for (unsigned int sender = 0; sender < sizes.size(); ++sender)
    for (std::size_t begin = 0; begin < sizes[sender]; begin += block_size)
    {
      const std::size_t n = std::min(block_size, sizes[sender] - begin);
      if (sender == 0)
        take(own.data() + begin, n);
      else
      {
        block.resize(block_size);
        MPI_Recv(block.data(), n, MPI_CHAR, sender, 0, communicator, MPI_STATUS_IGNORE);
        take(block.data(), n);
      }
    }
  for (std::size_t begin = 0; rank > 0 && begin < own.size(); begin += block_size)
    MPI_Send(own.data() + begin, std::min(block_size, own.size() - begin), MPI_CHAR, 0, 0,
             communicator);
}

/// What a commit record says of a file.
json fingerprint(const DurableFile &file)
{
  return {{"bytes", file.n_bytes()}, {"crc32", file.checksum()}};
}

/// Memory for one block of a file.
std::string buffer(const std::string &name, std::size_t block)
{
  std::error_code missing; // its size counts as the largest number then
  return std::string(std::clamp<std::uintmax_t>(fs::file_size(name, missing), 1, block), '\0');
}

/// All of a file, and its fingerprint, block by block.
json scan(const std::string &name, const std::function<void(const std::string &)> &take,
          std::size_t block)
{
  std::ifstream file(name, std::ios::binary);
  std::size_t n_bytes = 0;
  std::uint32_t checksum = 0;
  std::string text = buffer(name, block);
  const std::size_t size = text.size();
  while (file.read(text.data(), size) || file.gcount() > 0)
  {
    text.resize(file.gcount());
    checksum = crc32_of(text.data(), text.size(), checksum);
    n_bytes += text.size();
    take(text);
    text.resize(size);
  }
  return {{"bytes", n_bytes}, {"crc32", checksum}};
}

/// Whole records, about block_size bytes of them.
std::size_t block_of_records(std::size_t n_values)
{
  return std::max<std::size_t>(1, block_size / record_size(n_values)) * record_size(n_values);
}

/// Why a checkpoint cannot be used.
struct Damage : std::runtime_error
{
  using std::runtime_error::runtime_error;
};

/// Unlike a conversion of the library, which takes any number and overflows.
std::size_t whole_number(const json &state, const char *key)
{
  const json &value = state.at(key);
  if (!value.is_number_unsigned())
    throw Damage(std::string("its ") + key + " is no whole number");
  return value;
}
} // namespace

CheckpointFolder::CheckpointFolder(const std::string &run_folder, MPI_Comm communicator)
    : path_(run_folder + "/checkpoint"), communicator_(communicator)
{
}

std::string CheckpointFolder::file(unsigned int number, const std::string &ending) const
{
  char name[32];
  std::snprintf(name, sizeof name, "/%06u.", number);
  return path_ + name + ending;
}

/// Of everything that may be left of a checkpoint, the newest first.
std::vector<unsigned int> CheckpointFolder::numbers() const
{
  std::set<unsigned int, std::greater<>> found;
  std::error_code none;
  for (const auto &entry : fs::directory_iterator(path_, none))
    if (unsigned int number = 0; std::sscanf(entry.path().filename().c_str(), "%6u.", &number) == 1)
      found.insert(number);
  return {found.begin(), found.end()};
}

/// Keeps the newest `n` that are whole. The commit record of the others goes first: what is left of them
/// is not taken for a checkpoint.
void CheckpointFolder::remove_all_but(std::size_t n) const
{
  std::error_code ignored;
  for (const unsigned int number : numbers())
  {
    const bool whole = fs::exists(file(number, "commit"), ignored) && damaged_.count(number) == 0;
    if (whole && n > 0)
      --n;
    else
      for (const char *ending :
           {"commit", "json", "cells", "commit.unfinished", "json.unfinished", "cells.unfinished"})
        fs::remove(file(number, ending), ignored);
  }
}

void CheckpointFolder::keep_only_newest()
{
  on_rank_0(communicator_, [&]() { remove_all_but(1); });
}

std::size_t CheckpointFolder::write(json state, const std::string &own_records,
                                    std::size_t n_values)
{
  std::unique_ptr<DurableFile> cells;
  unsigned int number = 0;
  on_rank_0(communicator_, [&]() {
    fs::create_directories(path_);
    const auto all = numbers();
    number = all.empty() ? 1 : all.front() + 1;
    cells = std::make_unique<DurableFile>(file(number, "cells"));
  });
  std::string failure; // the other ranks send on
  gather_blocks(own_records, communicator_, [&](const char *data, std::size_t n) {
    try
    {
      if (failure.empty())
        cells->write(data, n);
    }
    catch (const OutputError &error)
    {
      failure = error.what();
    }
  });
  double size = 0;
  on_rank_0(communicator_, [&]() {
    if (!failure.empty())
    {
      cells.reset();
      throw OutputError(failure);
    }
    state["format"] = checkpoint_format;
    state["values_per_cell"] = n_values;
    const std::string text = state.dump(1) + "\n";
    DurableFile metadata(file(number, "json"));
    try
    {
      cells->commit();
      metadata.write(text.data(), text.size());
      metadata.commit();
      DurableFile commit(file(number, "commit"));
      const std::string record =
          json{{"cells", fingerprint(*cells)}, {"json", fingerprint(metadata)}}.dump() + "\n";
      commit.write(record.data(), record.size());
      commit.commit();
    }
    catch (...)
    {
      std::error_code ignored;
      fs::remove(file(number, "cells"), ignored);
      fs::remove(file(number, "json"), ignored);
      throw;
    }
    size = cells->n_bytes() + text.size();
    remove_all_but(2);
  });
  return dealii::Utilities::MPI::max(size, communicator_);
}

/// On rank 0. Throws Damage.
Checkpoint CheckpointFolder::read(unsigned int number) const
{
  std::ifstream commit_file(file(number, "commit"));
  if (!commit_file)
    throw Damage("it was not finished");
  const json commit = json::parse(commit_file, nullptr, false);
  const auto check = [&](const std::string &part, const json &found) {
    if (!commit.is_object() || !commit.contains(part))
      throw Damage("its commit record is damaged");
    if (commit[part] != found)
      throw Damage("its file " + fs::path(file(number, part)).filename().string() +
                   " has not the length and the checksum that it was written with");
  };
  Checkpoint checkpoint;
  checkpoint.number = number;
  checkpoint.records_file = file(number, "cells");
  std::string text;
  check("json", scan(
                    file(number, "json"), [&](const std::string &t) { text += t; }, block_size));
  checkpoint.state = json::parse(text, nullptr, false);
  if (whole_number(checkpoint.state, "format") > checkpoint_format)
    throw OutputError(file(number, "json") + " was written by a later version of the program.");
  checkpoint.n_values = whole_number(checkpoint.state, "values_per_cell");
  if (checkpoint.n_values > block_size / sizeof(double))
    throw Damage("its cells have too many values");
  check("cells", scan(
                     checkpoint.records_file,
                     [&](const std::string &records) {
                       if (records.size() % record_size(checkpoint.n_values) != 0)
                         throw Damage("its last cell is cut off");
                       const auto names = names_of(records, checkpoint.n_values);
                       checkpoint.cells.insert(checkpoint.cells.end(), names.begin(), names.end());
                     },
                     block_of_records(checkpoint.n_values)));
  return checkpoint;
}

std::optional<Checkpoint> CheckpointFolder::newest(Log &log)
{
  std::string text;
  std::vector<std::string> passed_over;
  const auto pass_over = [&](unsigned int number, const std::string &why) {
    passed_over.push_back("checkpoint " + std::to_string(number) + " is passed over: " + why + ".");
    damaged_.insert(number);
  };
  Checkpoint found;
  on_rank_0(communicator_, [&]() {
    for (const unsigned int number : numbers())
      try
      {
        found = read(number);
        break;
      }
      catch (const Damage &damage)
      {
        pass_over(number, damage.what());
      }
      catch (const json::exception &)
      {
        pass_over(number, "it does not say what it must");
      }
    if (found.number == 0 && !passed_over.empty())
      throw OutputError(path_ + " holds no whole checkpoint; " + passed_over.front());
    text = found.state.dump();
  });
  using namespace dealii::Utilities::MPI;
  for (const std::string &sentence : broadcast(communicator_, passed_over))
    log.warn(sentence);
  found.number = max(found.number, communicator_); // 0 on the other ranks
  if (found.number == 0)
    return {};
  found.records_file = file(found.number, "cells");
  found.n_values = max(found.n_values, communicator_);
  found.cells = broadcast(communicator_, found.cells);
  found.state = json::parse(broadcast(communicator_, text));
  return found;
}

std::function<std::string()> CheckpointFolder::blocks(const Checkpoint &checkpoint) const
{
  const auto file = std::make_shared<std::ifstream>();
  on_rank_0(communicator_, [&]() {
    file->open(checkpoint.records_file, std::ios::binary);
    if (!*file)
      throw OutputError("cannot read " + checkpoint.records_file);
  });
  return [file, communicator = communicator_, name = checkpoint.records_file,
          size = block_of_records(checkpoint.n_values)]() -> std::string {
    std::string block;
    on_rank_0(communicator, [&]() {
      block = buffer(name, size);
      file->read(block.data(), block.size());
      block.resize(file->gcount());
    });
    return dealii::Utilities::MPI::broadcast(communicator, block);
  };
}
} // namespace lowland
