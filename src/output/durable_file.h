// A file that is on the disk, all of it, or not there at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace lowland
{
/// Written under the name NAME.unfinished, synced to the disk, and only then moved into place, so that
/// neither a full disk nor a power cut leaves half a file under its name. Throws OutputError.
class DurableFile
{
public:
  explicit DurableFile(std::string name);
  /// What was not committed is removed.
  ~DurableFile();
  DurableFile(const DurableFile &) = delete;

  void write(const void *data, std::size_t n_bytes);
  /// Syncs, moves into place, and syncs the folder.
  void commit();

  std::size_t n_bytes() const { return n_bytes_; }
  std::uint32_t checksum() const { return checksum_; } ///< CRC-32 of all that was written

private:
  [[noreturn]] void fail() const;

  std::string name_, unfinished_;
  int descriptor_ = -1;
  std::size_t n_bytes_ = 0;
  std::uint32_t checksum_;
};

/// CRC-32 of some bytes; `before` is that of the bytes before them.
std::uint32_t crc32_of(const void *data, std::size_t n_bytes, std::uint32_t before = 0);
} // namespace lowland
