#include "field.h"

#include "input/errors.h"
#include "numbers.h"

#include <vtkDoubleArray.h>
#include <vtkPointData.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace lowland
{
namespace
{
const std::vector<Field> fields = {
    {"rho", "rho", "density ρ", "ρ", ColourMap::sequential, false},
    {"log-rho", "log10_rho", "density ρ (log scale)", "ρ", ColourMap::sequential, true},
    {"ratio", "log10_ratio", "density over invariant density, ρ/π", "ρ/π", ColourMap::diverging,
     true},
    {"loss", "loss", "loss f", "f", ColourMap::sequential, false},
    {"current", "current", "probability current |J|", "|J|", ColourMap::sequential, false},
    {"committor", "committor", "committor q", "q", ColourMap::sequential, false},
    {"exit-time", "mean_exit_time", "mean exit time T", "T", ColourMap::sequential, false}};

constexpr int decades_shown = 8;

double shown_value(vtkDataArray *array, vtkIdType point)
{
  if (array->GetNumberOfComponents() == 1)
    return array->GetComponent(point, 0);
  double square = 0;
  for (int c = 0; c < array->GetNumberOfComponents(); ++c)
    square += std::pow(array->GetComponent(point, c), 2);
  return std::sqrt(square);
}

// Adds `name`, the logarithms of an array, at least `smallest`, at the nodes. A ratio over many
// decades has no useful polynomial through its nodes; its logarithm has.
void add_logarithm(vtkUnstructuredGrid *grid, const char *source, const char *name, double smallest)
{
  vtkDataArray *array = grid->GetPointData()->GetArray(source);
  if (!array)
    return;
  vtkNew<vtkDoubleArray> logarithm;
  logarithm->SetName(name);
  logarithm->SetNumberOfValues(grid->GetNumberOfPoints());
  for (vtkIdType p = 0; p < grid->GetNumberOfPoints(); ++p)
    logarithm->SetValue(p, std::log10(std::max(array->GetComponent(p, 0), smallest)));
  grid->GetPointData()->AddArray(logarithm);
}

// The logarithms that a picture can show: a few decades more than its scale.
std::array<double, 2> limits_of(const Field &field, vtkDataArray *logarithms)
{
  if (field.option == "ratio")
    return {-6, 6};
  const double top = logarithms->GetRange()[1];
  return {top - decades_shown - 2, top};
}

// Cuts a point array to the limits. Where a density vanishes its logarithm falls to -300, and a
// polynomial through such a node would swing far above its neighbours.
void cut(vtkPointSet *points, const std::string &name, const std::array<double, 2> &limits)
{
  vtkDataArray *array = points->GetPointData()->GetArray(name.c_str());
  vtkNew<vtkDoubleArray> within;
  within->SetName(name.c_str());
  within->SetNumberOfValues(points->GetNumberOfPoints());
  for (vtkIdType p = 0; p < points->GetNumberOfPoints(); ++p)
    within->SetValue(p, std::clamp(array->GetComponent(p, 0), limits[0], limits[1]));
  points->GetPointData()->AddArray(within);
}

void keep_only(vtkUnstructuredGrid *grid, const std::string &name)
{
  vtkSmartPointer<vtkDataArray> array = grid->GetPointData()->GetArray(name.c_str());
  grid->GetPointData()->Initialize();
  grid->GetPointData()->AddArray(array);
}

void show_field(vtkPointSet *points, const Field &field)
{
  vtkDataArray *array = points->GetPointData()->GetArray(field.array.c_str());
  vtkNew<vtkDoubleArray> shown;
  shown->SetName("shown");
  shown->SetNumberOfValues(points->GetNumberOfPoints());
  for (vtkIdType p = 0; p < points->GetNumberOfPoints(); ++p)
    shown->SetValue(p, shown_value(array, p));
  points->GetPointData()->SetScalars(shown);
}

// Relaxation modes have numbers: mode-1, mode-2, ...
bool is_mode(const std::string &option)
{
  return option.rfind("mode-", 0) == 0 && option.size() > 5 &&
         option.find_first_not_of("0123456789", 5) == std::string::npos;
}
} // namespace

bool is_of_passage(const std::string &option)
{
  return option.rfind("committor-", 0) == 0 || option.rfind("current-", 0) == 0;
}

Field field_named(const std::string &option)
{
  if (is_mode(option))
    return {option, "mode_" + option.substr(5), "relaxation mode " + option.substr(5),
            "mode", ColourMap::diverging,       false};
  if (is_of_passage(option))
  {
    Field field = field_named(option.substr(0, option.find('-')));
    field.option = option;
    return field;
  }
  std::string names;
  for (const auto &field : fields)
  {
    // log10-rho is its name in Output/Fields
    if (field.option == option || (option == "log10-rho" && field.option == "log-rho"))
      return field;
    names += (names.empty() ? "" : ", ") + field.option;
  }
  throw InputError("there is no field \"" + option + "\"; the fields are " + names +
                   ", committor-1-2, current-1-2 and, of a spectrum, mode-1, mode-2, ...");
}

InputError missing(const std::string &field)
{
  return InputError("this run has not written the field " + field + ".");
}

bool has_field(vtkPointSet *points, const std::string &array)
{
  return points->GetPointData()->HasArray(array.c_str());
}

vtkSmartPointer<vtkUnstructuredGrid> refined_field(vtkUnstructuredGrid *grid, const Field &field,
                                                   const Fineness &fineness, bool alone)
{
  vtkNew<vtkUnstructuredGrid> source;
  source->ShallowCopy(grid);
  add_logarithm(source, "ratio", "log10_ratio", 1e-12);
  add_logarithm(source, "invariant", "log10_invariant", 1e-300);
  if (!has_field(source, field.array))
    throw missing(field.option);
  if (alone)
    keep_only(source, field.array);
  if (!field.log)
  {
    auto refined = refine(source, fineness);
    show_field(refined, field);
    return refined;
  }
  const auto limits = limits_of(field, source->GetPointData()->GetArray(field.array.c_str()));
  cut(source, field.array, limits);
  auto refined = refine(source, fineness);
  cut(refined, field.array, limits);
  show_field(refined, field);
  return refined;
}

ColourScale scale_for(const Field &field, const std::vector<vtkSmartPointer<vtkPointSet>> &meshes)
{
  std::vector<double> values;
  for (const auto &mesh : meshes)
    for (vtkIdType p = 0; p < mesh->GetNumberOfPoints(); ++p)
      values.push_back(mesh->GetPointData()->GetScalars()->GetComponent(p, 0));
  if (values.empty())
    return {};
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  ColourScale scale{0, *high, field.log, field.map};
  if (field.option == "ratio")
    scale.lower = -(scale.upper = std::clamp(std::ceil(std::max(std::abs(*low), *high)), 1., 3.));
  else if (field.log)
    scale.lower = std::max(*low, scale.upper - decades_shown);
  else if (is_mode(field.option))
    scale.lower = -(scale.upper = std::max(std::abs(*low), *high));
  else if (field.array == "committor")
    scale.upper = 1;
  else if (field.array == "current")
    scale.upper = quantile(values, current_share);
  else if (field.option == "loss")
  {
    scale.lower = *low;
    scale.upper = quantile(values, 0.95); // f grows so fast that its maximum would leave one colour
  }
  if (!(scale.upper > scale.lower))
    scale.upper = scale.lower + 1;
  return scale;
}
} // namespace lowland
