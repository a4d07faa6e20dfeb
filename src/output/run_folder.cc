#include "output/run_folder.h"

#include <deal.II/base/mpi.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace lowland
{
namespace fs = std::filesystem;

namespace
{
const char *const our_files[] = {"input.prm", "parameters.prm", "observables.csv", "log.txt",
                                 "density.pvd", "summary.json", "fields"};

void write_file(const std::string &name, const std::string &text)
{
  std::ofstream file(name);
  file << text;
  file.close();
  if (!file)
    throw OutputError("cannot write " + name);
}

/// Makes an empty run folder; an old run's files go, whatever else lies there stays.
void create(const std::string &path, bool overwrite, const Parameters &parameters)
{
  if (fs::exists(path + "/input.prm") && !overwrite)
    throw InputError("`" + path + "` already holds a run. Give another --output, or --overwrite.");
  std::error_code error;
  for (const char *name : our_files)
    if (fs::exists(path + "/" + name))
      fs::remove_all(path + "/" + name, error);
  fs::create_directories(path + "/fields", error);
  if (error)
    throw OutputError("cannot create the run folder `" + path + "`: " + error.message());
  write_file(path + "/input.prm", parameters.verbatim());
  write_file(path + "/parameters.prm", parameters.every_value());
}
} // namespace

RunFolder::RunFolder(const std::string &path, bool overwrite, const Parameters &parameters,
                     MPI_Comm communicator)
    : path_(path), rank_0_(dealii::Utilities::MPI::this_mpi_process(communicator) == 0)
{
  std::string bad_input, no_output;
  if (rank_0_)
    try
    {
      create(path, overwrite, parameters);
    }
    catch (const InputError &error)
    {
      bad_input = error.what();
    }
    catch (const OutputError &error)
    {
      no_output = error.what();
    }
  bad_input = dealii::Utilities::MPI::broadcast(communicator, bad_input);
  no_output = dealii::Utilities::MPI::broadcast(communicator, no_output);
  if (!bad_input.empty())
    throw InputError(bad_input);
  if (!no_output.empty())
    throw OutputError(no_output);
}

void RunFolder::append(const Record &record)
{
  if (!rank_0_)
    return;
  std::ofstream file(this->file("observables.csv"), std::ios::app);
  file.precision(16);
  if (!has_titles_)
    for (const Observable &column : record.columns())
      file << (&column == &record.columns().front() ? "" : ",") << column.name << " ["
           << column.unit << "]";
  if (!has_titles_)
    file << "\n";
  has_titles_ = true;
  for (const Observable &column : record.columns())
  {
    file << (&column == &record.columns().front() ? "" : ",");
    if (std::isfinite(column.value))
      file << column.value;
  }
  file << "\n";
  file.close();
  if (!file)
    throw OutputError("cannot write " + this->file("observables.csv"));
}

void RunFolder::write_summary(const nlohmann::json &summary) const
{
  if (rank_0_)
    write_file(file("summary.json"), summary.dump(2) + "\n");
}
} // namespace lowland
