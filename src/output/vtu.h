// One VTU file, which all ranks write together.
#pragma once

#include "discretization/space/density_space.h"
#include "model/model.h"

#include <deal.II/base/tensor.h>

#include <limits>
#include <string>
#include <vector>

namespace lowland
{
/// One field of a file.
struct VtuField
{
  std::string name;
  bool is_vector = false;
  bool is_measured = false; ///< must be as accurate as asked for, between the nodes too
};

/// What fields are made of at one point: the model's values at its point `q`, and of each function its
/// value and gradient.
template <int dim>
struct FunctionsAtPoint
{
  const ModelValues &model;
  std::size_t q;
  std::vector<double> u;
  std::vector<dealii::Tensor<1, dim>> gradients;
};

/// From finite-element functions to what users look at.
template <int dim>
class VtuFields
{
public:
  virtual ~VtuFields() = default;
  virtual std::vector<VtuField> fields() const = 0;
  /// Appends the numbers of all fields, `dim` of a vector.
  virtual void evaluate(const FunctionsAtPoint<dim> &at, std::vector<double> &numbers) const = 0;
};

/// The file's numbers have 4 bytes.
constexpr double best_vtu_accuracy = 1e-7;

/// Writes the fields of some functions of the space as polynomials of its degree (in one dimension as
/// straight pieces), on its cells. Cells are halved in all directions, and the halves again, until every
/// measured field F is within int |F - what the file says| dmu <= accuracy int |F| dmu (best_vtu_accuracy
/// if that is more), as far as bounds of the file's size allow; returns the largest of these relative
/// errors. `time` and `cycle` go into the file unless they are left out. Collective; throws OutputError
/// on all ranks, also where the disk is too full for it.
template <int dim>
double write_vtu(const DensitySpace<dim> &space, const Model &model,
                 const std::vector<const PETScVector *> &functions, const VtuFields<dim> &fields,
                 double accuracy, const std::string &file,
                 double time = std::numeric_limits<double>::min(), unsigned int cycle = 0);
} // namespace lowland
