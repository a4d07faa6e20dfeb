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
  bool isolated = true; ///< not one of a connected set
};

/// Throws InputError if there is no such folder.
void check_folder(const std::string &path);

/// A run folder, opened for reading. Fields are loaded one time at a time.
class RunFolder
{
public:
  /// Throws InputError if there is no such folder, or no run in it, and OutputError if the run has neither
  /// a density.pvd with at least one time nor the fields of `escape`.
  explicit RunFolder(const std::string &path);

  const std::string &path() const { return path_; }
  const std::vector<double> &times() const { return times_; }
  int dimension() const { return dimension_; }
  /// A run of `escape` has committors instead of times, one file for each pair of minima, and where walls absorb the mean
  /// exit time.
  bool is_escape() const { return !passages_.empty(); }
  /// The mean exit time comes after them.
  std::size_t n_committors() const { return n_committors_; }
  /// "from minimum 1 to 2", "at t = 40"; empty for densities that belong to no time, and for mean exit times.
  std::string occasion(std::size_t index) const;
  /// False if it was stopped, or still goes on: what there is may be drawn all the same.
  bool is_finished() const { return !summary_.empty(); }

  /// Index of the recorded time equal to `time` up to 1e-6 relatively. Throws InputError.
  std::size_t index_of(double time) const;
  /// Index of the committor "1-2" or "1-others", or of "exit-time". Throws InputError.
  std::size_t index_of_passage(const std::string &name) const;
  /// The cells and point data of one recorded time. Throws OutputError if it cannot be read.
  vtkSmartPointer<vtkUnstructuredGrid> load(std::size_t index) const;

  /// A column of observables.csv, or null if the run has none of that name.
  const Observable *observable(const std::string &name) const;
  /// A number or text of summary.json, or `otherwise` where it is missing.
  double number(const std::string &key, double otherwise) const;
  std::string text(const std::string &key) const;
  /// The minima of the loss that the run reports, in its order.
  std::vector<MarkedPoint> minima() const;
  /// Those that lie alone: of a valley no point is more a minimum than others.
  std::vector<MarkedPoint> isolated_minima() const;
  /// Noise, learning rate and intensity in one line; empty if the summary names none.
  std::string describe_noise() const;

private:
  void read_summary();
  void read_observables();
  void read_collection();
  void read_passages();

  std::string path_;
  nlohmann::json summary_;
  std::vector<Observable> observables_;
  std::vector<double> times_;
  std::vector<std::string> passages_; ///< in words; empty but for `escape`
  std::size_t n_committors_ = 0;
  std::vector<std::string> files_; ///< one a time or passage, as full paths
  int dimension_ = 0;
};
} // namespace lowland
