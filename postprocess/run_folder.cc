#include "run_folder.h"

#include "input/errors.h"
#include "numbers.h"

#include <vtkCellTypes.h>
#include <vtkDataArray.h>
#include <vtkPointData.h>
#include <vtkXMLDataElement.h>
#include <vtkXMLPUnstructuredGridReader.h>
#include <vtkXMLUnstructuredGridReader.h>
#include <vtkXMLUtilities.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

namespace lowland
{
namespace
{
namespace fs = std::filesystem;

std::vector<std::string> split(const std::string &line)
{
  std::vector<std::string> parts;
  std::stringstream stream(line);
  for (std::string part; std::getline(stream, part, ',');)
    parts.push_back(part);
  return parts;
}

// "time [time]" is the name and its unit.
Observable parse_header(const std::string &header)
{
  const auto bracket = header.find(" [");
  Observable column{header.substr(0, bracket), "", {}};
  if (bracket != std::string::npos)
    column.unit = header.substr(bracket + 2, header.find(']') - bracket - 2);
  return column;
}

double parse_number(const std::string &text)
{
  char *end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  return end == text.c_str() ? std::numeric_limits<double>::quiet_NaN() : value;
}

template <typename Reader>
vtkSmartPointer<vtkUnstructuredGrid> read_grid(const std::string &file)
{
  vtkNew<Reader> reader;
  reader->SetFileName(file.c_str());
  reader->Update();
  vtkSmartPointer<vtkUnstructuredGrid> grid = reader->GetOutput();
  if (!grid || grid->GetNumberOfCells() == 0 || reader->GetErrorCode() != 0)
    throw OutputError("cannot read the fields in " + file + ".");
  // The current of reactive paths is shown as the current of a run of `escape`.
  if (vtkDataArray *current = grid->GetPointData()->GetArray("reactive_current"))
    current->SetName("current");
  return grid;
}

int dimension_of(vtkUnstructuredGrid *grid)
{
  return grid->GetCell(0)->GetCellDimension();
}
} // namespace

void check_folder(const std::string &path)
{
  if (!fs::exists(path))
    throw InputError("there is no folder " + path + ".");
  if (!fs::is_directory(path))
    throw InputError(path + " is not a folder.");
}

RunFolder::RunFolder(const std::string &path) : path_(path)
{
  check_folder(path);
  read_summary();
  read_observables();
  read_collection();
  dimension_ = dimension_of(load(times_.size() - 1));
}

void RunFolder::read_summary()
{
  std::ifstream file(fs::path(path_) / "summary.json");
  if (file)
    summary_ = nlohmann::json::parse(file, nullptr, false);
  if (!summary_.is_object()) // missing or cut short: the picture then lacks some words
    summary_ = nlohmann::json::object();
}

void RunFolder::read_observables()
{
  std::ifstream file(fs::path(path_) / "observables.csv");
  std::string line;
  if (!std::getline(file, line))
    return;
  for (const auto &header : split(line))
    observables_.push_back(parse_header(header));
  while (std::getline(file, line))
  {
    const auto cells = split(line);
    for (std::size_t c = 0; c < observables_.size(); ++c)
      observables_[c].values.push_back(parse_number(c < cells.size() ? cells[c] : ""));
  }
}

void RunFolder::read_collection()
{
  const fs::path pvd = fs::path(path_) / "density.pvd";
  if (!fs::exists(pvd))
    return read_passages();
  const auto root =
      vtkSmartPointer<vtkXMLDataElement>::Take(vtkXMLUtilities::ReadElementFromFile(pvd.c_str()));
  auto *collection = root ? root->FindNestedElementWithName("Collection") : nullptr;
  for (int i = 0; collection && i < collection->GetNumberOfNestedElements(); ++i)
  {
    auto *entry = collection->GetNestedElement(i);
    if (const char *file = entry->GetAttribute("file"))
    {
      const char *time = entry->GetAttribute("timestep");
      times_.push_back(time ? std::atof(time) : 0.);
      files_.push_back(fs::path(path_) / file);
    }
  }
  if (files_.empty())
    throw OutputError(pvd.string() + " lists no recorded time.");
}

// fields/escape_1_2.vtu, escape_1_others.vtu, ...
void RunFolder::read_passages()
{
  static const std::string prefix = "escape_";
  std::error_code error;
  for (const auto &entry : fs::directory_iterator(fs::path(path_) / "fields", error))
    if (entry.path().filename().string().rfind(prefix, 0) == 0)
      files_.push_back(entry.path());
  std::sort(files_.begin(), files_.end());
  for (const auto &file : files_)
  {
    const std::string name = fs::path(file).stem().string().substr(prefix.size());
    const auto middle = name.find('_');
    const std::string to = name.substr(middle + 1);
    passages_.push_back("from minimum " + name.substr(0, middle) + " to " +
                        (to == "others" ? "the others" : to));
    times_.push_back(0);
  }
  n_committors_ = files_.size();
  if (const fs::path exit_time = fs::path(path_) / "fields" / "exit_time.vtu";
      fs::exists(exit_time))
  {
    files_.push_back(exit_time);
    passages_.emplace_back();
    times_.push_back(0);
  }
  if (files_.empty() && fs::exists(fs::path(path_) / "input.prm"))
    throw OutputError(path_ +
                      " has no density.pvd: the run was stopped before it wrote a field, or "
                      "Output/Fields asked for none.");
  if (files_.empty())
    throw InputError(path_ + " holds no run: it has no density.pvd.");
}

std::size_t RunFolder::index_of_passage(const std::string &name) const
{
  std::string names;
  for (std::size_t i = 0; i < files_.size(); ++i)
  {
    const std::string stem = fs::path(files_[i]).stem().string();
    std::string known = i < n_committors_ ? stem.substr(7) : stem;
    std::replace(known.begin(), known.end(), '_', '-');
    if (known == name)
      return i;
    names += (i ? ", " : "") + known;
  }
  throw InputError("there is no " + std::string(name == "exit-time" ? "" : "passage ") + name +
                   " in " + path_ + "; there are " + names + ".");
}

std::string RunFolder::occasion(std::size_t index) const
{
  if (is_escape())
    return passages_.at(index);
  const std::string task = text("task");
  return task == "stationary" || task == "spectrum" ? ""
                                                    : "at t = " + pretty_number(times_.at(index));
}

std::size_t RunFolder::index_of(double time) const
{
  std::size_t nearest = 0;
  for (std::size_t i = 0; i < times_.size(); ++i)
    if (std::abs(times_[i] - time) < std::abs(times_[nearest] - time))
      nearest = i;
  if (is_escape())
    throw InputError("a run of escape has no times; --field committor-1-2 chooses the minima.");
  if (std::abs(times_[nearest] - time) > 1e-6 * std::max(1e-6, std::abs(time)))
    throw InputError("no fields were recorded at t = " + plain_number(time) +
                     "; the nearest recorded time is " + plain_number(times_[nearest]) + ".");
  return nearest;
}

vtkSmartPointer<vtkUnstructuredGrid> RunFolder::load(std::size_t index) const
{
  const std::string &file = files_.at(index);
  if (!fs::exists(file))
    throw OutputError(file + " is missing, though density.pvd lists it.");
  if (fs::path(file).extension() == ".pvtu")
    return read_grid<vtkXMLPUnstructuredGridReader>(file);
  return read_grid<vtkXMLUnstructuredGridReader>(file);
}

const Observable *RunFolder::observable(const std::string &name) const
{
  for (const auto &column : observables_)
    if (column.name == name)
      return &column;
  return nullptr;
}

double RunFolder::number(const std::string &key, double otherwise) const
{
  const auto entry = summary_.find(key);
  return entry != summary_.end() && entry->is_number() ? entry->get<double>() : otherwise;
}

std::string RunFolder::text(const std::string &key) const
{
  const auto entry = summary_.find(key);
  return entry != summary_.end() && entry->is_string() ? entry->get<std::string>() : "";
}

std::vector<MarkedPoint> RunFolder::minima() const
{
  std::vector<MarkedPoint> points;
  const auto list = summary_.find("minima");
  if (list == summary_.end() || !list->is_array())
    return points;
  for (const auto &minimum : *list)
    if (minimum.is_object() && minimum.contains("point") && minimum["point"].is_array())
    {
      double at[3] = {0, 0, 0};
      for (std::size_t i = 0; i < std::min<std::size_t>(3, minimum["point"].size()); ++i)
        if (minimum["point"][i].is_number())
          at[i] = minimum["point"][i].get<double>();
      const auto curvatures = minimum.value("curvatures", std::vector<double>{1});
      points.push_back(
          {at[0], at[1], at[2],
           !curvatures.empty() && curvatures.front() > 1e-6 * std::abs(curvatures.back())});
    }
  return points;
}

std::vector<MarkedPoint> RunFolder::isolated_minima() const
{
  auto points = minima();
  points.erase(std::remove_if(points.begin(), points.end(),
                              [](const MarkedPoint &point) { return !point.isolated; }),
               points.end());
  return points;
}

std::string RunFolder::describe_noise() const
{
  std::string words;
  const auto append = [&](const std::string &part) { words += (words.empty() ? "" : ", ") + part; };
  const auto noise = text("noise");
  if (noise == "label-noise")
    append("label noise");
  else if (!noise.empty())
    append(noise + " noise");
  const Observable *schedule = observable("learning_rate");
  if (schedule && !schedule->values.empty())
    append("η from " + pretty_number(schedule->values.front()) + " to " +
           pretty_number(schedule->values.back()));
  else if (const double eta = number("learning_rate", NAN); !std::isnan(eta))
    append("η = " + pretty_number(eta));
  if (const double size = number("batch_size", NAN); !std::isnan(size))
    append("B = " + pretty_number(size));
  if (const double sigma = number("intensity", NAN); !std::isnan(sigma))
    append("σ = " + pretty_number(sigma));
  else if (summary_.contains("intensity") && summary_["intensity"].is_array())
    for (const auto &sigma : summary_["intensity"]) // one for each term of a sum
      append((&sigma == &summary_["intensity"].front() ? "σ = " : "") +
             pretty_number(sigma.get<double>()));
  return words;
}
} // namespace lowland
