#include "output/durable_file.h"

#include "input/errors.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>
#include <zlib.h>

namespace lowland
{
std::uint32_t crc32_of(const void *data, std::size_t n_bytes, std::uint32_t before)
{
  return crc32_z(before, static_cast<const Bytef *>(data), n_bytes);
}

DurableFile::DurableFile(std::string name)
    : name_(std::move(name)), unfinished_(name_ + ".unfinished"), checksum_(0)
{
  descriptor_ = open(unfinished_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (descriptor_ < 0)
    fail();
}

DurableFile::~DurableFile()
{
  if (descriptor_ < 0)
    return;
  close(descriptor_);
  unlink(unfinished_.c_str());
}

void DurableFile::fail() const
{
  throw OutputError("cannot write " + name_ + ": " + std::strerror(errno));
}

void DurableFile::write(const void *data, std::size_t n_bytes)
{
  const char *rest = static_cast<const char *>(data);
  checksum_ = crc32_of(data, n_bytes, checksum_);
  n_bytes_ += n_bytes;
  while (n_bytes > 0)
  {
    const ssize_t written = ::write(descriptor_, rest, n_bytes);
    if (written < 0 && errno != EINTR) // a signal may come at any time
      fail();
    rest += std::max<ssize_t>(written, 0);
    n_bytes -= std::max<ssize_t>(written, 0);
  }
}

void DurableFile::commit()
{
  if (fsync(descriptor_) != 0 || std::rename(unfinished_.c_str(), name_.c_str()) != 0)
    fail();
  close(descriptor_);
  descriptor_ = -1;
  const std::string folder = std::filesystem::path(name_).parent_path();
  const int entries = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (entries < 0)
    fail();
  fsync(entries); // some file systems have nothing to sync here and say so
  close(entries);
}
} // namespace lowland
