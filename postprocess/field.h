// What can be shown: the fields of a run, how they are read, scaled and named.
#pragma once

#include "colours.h"
#include "high_order.h"
#include "input/errors.h"
#include "run_folder.h"

#include <vtkPointSet.h>

#include <string>
#include <vector>

namespace lowland
{
/// A field as chosen on the command line.
struct Field
{
  /// rho, log-rho, ratio, loss, current, mode-N, committor, committor-A-B, current-A-B or exit-time.
  std::string option;
  std::string array;  ///< the point data it is made from
  std::string label;  ///< symbol and meaning, for titles
  std::string symbol; ///< for the colour bar
  ColourMap map = ColourMap::sequential;
  bool log = false;
};

/// Whether it is asked for from one minimum A to another B, or to the others: committor-A-B, current-A-B.
bool is_of_passage(const std::string &option);

/// The field of that name. Throws InputError that lists the names.
Field field_named(const std::string &option);

/// The cells refined, with the field as active scalars: as it is, as log10 (then
/// `ColourScale::log`), or as the length of a vector. Other point data are left out if it shall
/// be `alone`. Throws InputError if the run lacks it.
vtkSmartPointer<vtkUnstructuredGrid> refined_field(vtkUnstructuredGrid *grid, const Field &field,
                                                   const Fineness &fineness, bool alone = false);

/// That the run lacks the field.
InputError missing(const std::string &field);

/// Of the points, the share with a current up to the end of its scale: gradients have spikes where
/// cells of two sizes meet, which would leave the rest dark.
constexpr double current_share = 0.99;

/// Whether the points carry the data for the field.
bool has_field(vtkPointSet *points, const std::string &array);

/// The scale that fits all of the data sets, each with its field shown.
ColourScale scale_for(const Field &field, const std::vector<vtkSmartPointer<vtkPointSet>> &meshes);
} // namespace lowland
