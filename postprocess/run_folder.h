// Reading what a run left behind: summary.json, observables.csv and the fields listed in
// density.pvd.
#pragma once

#include <nlohmann/json.hpp>
#include <vtkSmartPointer.h>
#include <vtkUnstructuredGrid.h>

#include <string>
#include <vector>

namespace lowland
{
/// One column of observables.csv.
struct Observable
{
  std::string name, unit;
  std::vector<double> values; ///< one a recorded time; NaN where the file has no number
};

/// A point to be marked in a picture.
struct MarkedPoint
{
  double x = 0, y = 0, z = 0;
};

/// A run folder, opened for reading. Fields are loaded one time at a time.
class RunFolder
{
public:
  /// Throws OutputError if the folder holds no density.pvd with at least one time.
  explicit RunFolder(const std::string &path);

  const std::string &path() const { return path_; }
  const std::vector<double> &times() const { return times_; }
  int dimension() const { return dimension_; }

  /// Index of the recorded time equal to `time` up to 1e-6 relatively. Throws InputError.
  std::size_t index_of(double time) const;
  /// The cells and point data of one recorded time. Throws OutputError if it cannot be read.
  vtkSmartPointer<vtkUnstructuredGrid> load(std::size_t index) const;

  /// A column of observables.csv, or null if the run has none of that name.
  const Observable *observable(const std::string &name) const;
  /// A number or text of summary.json, or `otherwise` where it is missing.
  double number(const std::string &key, double otherwise) const;
  std::string text(const std::string &key) const;
  /// The minima of the loss that the run reports.
  std::vector<MarkedPoint> minima() const;
  /// Noise, learning rate and intensity in one line; empty if the summary names none.
  std::string describe_noise() const;

private:
  void read_summary();
  void read_observables();
  void read_collection();

  std::string path_;
  nlohmann::json summary_;
  std::vector<Observable> observables_;
  std::vector<double> times_;
  std::vector<std::string> files_; ///< one a time, as full paths
  int dimension_ = 0;
};
} // namespace lowland
