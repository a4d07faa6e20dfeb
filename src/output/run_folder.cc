#include "output/run_folder.h"

#include "input/rank_0.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace lowland
{
namespace fs = std::filesystem;

namespace
{
const char *const our_files[] = {"input.prm",   "parameters.prm", "observables.csv", "log.txt",
                                 "density.pvd", "summary.json",   "fields",          "checkpoint"};

void refuse_to_replace(const std::string &path)
{
  std::error_code error;
  for (const char *name : our_files)
    if (fs::exists(path + "/" + name, error))
      throw InputError("`" + path + "` already holds a run (" + name +
                       "). Give another --output, or --overwrite.");
}

void make_empty(const std::string &path)
{
  std::error_code error;
  for (const char *name : our_files)
    fs::remove_all(path + "/" + name, error);
  fs::create_directories(path + "/fields", error);
  if (error)
    throw OutputError("cannot create the run folder `" + path + "`: " + error.message());
}

/// All of `text` or, where the disk is full, nothing of it at the end of the file.
void append_to(const std::string &name, const std::string &text)
{
  std::error_code ignored;
  const auto size = fs::exists(name, ignored) ? fs::file_size(name, ignored) : 0;
  std::ofstream file(name, std::ios::app);
  file << text;
  file.close();
  if (file)
    return;
  fs::resize_file(name, size, ignored);
  throw OutputError("cannot write " + name);
}

std::string titles_of(const Record &record)
{
  std::string text;
  for (const Observable &column : record.columns())
    text += (text.empty() ? "" : ",") + column.name + " [" + column.unit + "]";
  return text + "\n";
}

std::string row_of(const Record &record)
{
  std::ostringstream text;
  text.precision(16);
  for (const Observable &column : record.columns())
  {
    text << (&column == &record.columns().front() ? "" : ",");
    if (std::isfinite(column.value))
      text << column.value;
  }
  text << "\n";
  return text.str();
}
} // namespace

void write_file(const std::string &name, const std::string &text)
{
  const std::string unfinished = name + ".unfinished";
  std::error_code error;
  std::ofstream file(unfinished);
  file << text;
  file.close();
  if (file)
    fs::rename(unfinished, name, error);
  if (file && !error)
    return;
  fs::remove(unfinished, error);
  throw OutputError("cannot write " + name);
}

RunFolder::RunFolder(const std::string &path, bool overwrite, const Parameters &parameters,
                     MPI_Comm communicator)
    : communicator_(communicator), path_(path), parameters_(parameters)
{
  on_rank_0(communicator_, [&]() {
    if (!overwrite)
      refuse_to_replace(path);
  });
}

void RunFolder::create(Log &log)
{
  on_rank_0(communicator_, [&]() {
    make_empty(path_);
    write_file(file("input.prm"), parameters_.verbatim());
    write_file(file("parameters.prm"), parameters_.every_value());
    log.open(file("log.txt"));
  });
}

void RunFolder::reopen(Log &log, const std::vector<Record> &records)
{
  on_rank_0(communicator_, [&]() {
    std::string text = records.empty() ? "" : titles_of(records.front());
    for (const Record &record : records)
      text += row_of(record);
    write_file(file("observables.csv"), text);
    write_file(file("parameters.prm"), parameters_.every_value());
    fs::remove(file("summary.json"));
    fs::create_directories(file("fields"));
    log.open(file("log.txt"), true);
  });
  has_titles_ = !records.empty();
}

void RunFolder::append(const Record &record)
{
  on_rank_0(communicator_, [&]() {
    append_to(file("observables.csv"), (has_titles_ ? "" : titles_of(record)) + row_of(record));
  });
  has_titles_ = true;
}

void RunFolder::write_summary(const nlohmann::json &summary) const
{
  on_rank_0(communicator_, [&]() { write_file(file("summary.json"), summary.dump(2) + "\n"); });
}
} // namespace lowland
