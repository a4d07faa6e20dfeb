#include "model/landscape/table_loss.h"

#include "model/noise/noise_families.h"

#include <algorithm>
#include <cmath>

namespace lowland
{
namespace
{
void check_grid(unsigned int dimension, const Image &image)
{
  for (unsigned int i = 0; i < 3; ++i)
  {
    const std::string axis = std::string(1, "xyz"[i]), n = std::to_string(image.sizes[i]);
    if (i >= dimension && image.sizes[i] != 1)
      throw FormulaError("its grid has " + n + " points along " + axis +
                         ", but Dimension = " + std::to_string(dimension));
    if (i < dimension && image.sizes[i] < Spline::fewest_points)
      throw FormulaError("its grid has " + n + " points along " + axis + "; at least " +
                         std::to_string(Spline::fewest_points) + " are needed");
    if (i < dimension && !(image.spacing[i] > 0))
      throw FormulaError("the spacing of its grid along " + axis + " is not positive");
  }
}

const Components &array_of(const Image &image, const std::string &name)
{
  const auto found = image.arrays.find(name);
  if (found != image.arrays.end())
    return found->second;
  std::string names;
  for (const auto &[there, values] : image.arrays)
    names += (names.empty() ? "" : ", ") + there;
  throw FormulaError("it has no point data `" + name + "`" +
                     (names.empty() ? ", nor any" : ", only " + names));
}

/// Which component of the array D is the entry (i, j).
unsigned int component(unsigned int i, unsigned int j, unsigned int dimension, std::size_t n)
{
  if (n == dimension * dimension)
    return i * dimension + j;
  const unsigned int row = std::min(i, j);
  return row * dimension - row * (row + 1) / 2 + std::max(i, j);
}
} // namespace

TableLoss::TableLoss(unsigned int dimension_, const Image &image, const std::string &loss,
                     double floor)
    : LossFunction(dimension_, "table of " + loss + " on " + std::to_string(image.sizes[0]) +
                                   " x " + std::to_string(image.sizes[1]) + " x " +
                                   std::to_string(image.sizes[2]) + " points"),
      floor_(floor)
{
  check_grid(dimension, image);
  for (unsigned int i = 0; i < dimension; ++i)
  {
    extent_.lower[i] = image.origin[i];
    extent_.upper[i] = image.origin[i] + (image.sizes[i] - 1) * image.spacing[i];
  }
  const auto spline = [&](const std::string &name, const std::vector<double> &values) {
    if (!std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); }))
      throw FormulaError("the values of `" + name + "` are not all finite");
    return Spline(dimension, image.sizes, image.origin, image.spacing, values);
  };
  loss_.emplace(spline(loss, array_of(image, loss).front()));
  if (image.arrays.count("D") == 0)
    return;
  const Components &d = array_of(image, "D");
  if (d.size() != n_packed(dimension) && d.size() != dimension * dimension)
    throw FormulaError("its array `D` has " + std::to_string(d.size()) + " components instead of " +
                       std::to_string(n_packed(dimension)));
  for (unsigned int i = 0; i < dimension; ++i)
    for (unsigned int j = 0; j <= i; ++j)
      diffusion_.push_back(spline("D", d[component(i, j, dimension, d.size())]));
}

std::shared_ptr<const TableLoss> TableLoss::create(const Parameters &parameters)
{
  const char *section = "Landscape";
  const std::string file = parameters.file(section, "Table");
  try
  {
    return std::make_shared<TableLoss>(parameters.integer("", "Dimension"), read_image(file),
                                       parameters.text(section, "Array"),
                                       parameters.number(section, "Floor"));
  }
  catch (const std::runtime_error &error)
  {
    throw parameters.error(section, "Table", error.what());
  }
}

void TableLoss::evaluate(const Points &points, Derivatives order, LandscapeValues &values) const
{
  Components all;
  loss_->evaluate(points, static_cast<unsigned int>(order), all);
  for (double &f : all[0])
    f += floor_;
  values.take(std::move(all), dimension, order);
}

void TableLoss::diffusion(const Points &points, DiffusionValues &values) const
{
  clear(dimension, points.size(), values);
  Components entry;
  for (unsigned int i = 0; i < dimension; ++i)
    for (unsigned int j = 0; j <= i; ++j)
    {
      diffusion_[packed(i, j)].evaluate(points, 1, entry);
      for (std::size_t q = 0; q < points.size(); ++q)
      {
        values.divergence[i][q] += entry[1 + j][q];
        if (i != j)
          values.divergence[j][q] += entry[1 + i][q];
      }
      values.tensor[packed(i, j)] = std::move(entry[0]);
    }
}
} // namespace lowland
