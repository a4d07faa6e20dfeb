#include "discretization/form/l1_bound.h"

#include "discretization/algebra/linear_solver.h"

#include <deal.II/base/mpi.h>
#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <cmath>

namespace lowland
{
namespace
{
/// The entries of this rank.
class Entries
{
public:
  explicit Entries(Vec v) : v_(v)
  {
    check_petsc(VecGetArrayRead(v_, &values_), "reading a vector");
  }
  ~Entries() { VecRestoreArrayRead(v_, &values_); }
  Entries(const Entries &) = delete;
  double operator[](PetscInt i) const { return values_[i]; }

private:
  Vec v_;
  const PetscScalar *values_ = nullptr;
};

/// Sum of functional_i value(i).
template <typename Value>
double weighted_sum(const PETScVector &functional, const Value &value)
{
  const Entries weights(functional);
  double sum = 0;
  const PetscInt n = functional.locally_owned_size();
  for (PetscInt i = 0; i < n; ++i)
    sum += weights[i] * value(i);
  return dealii::Utilities::MPI::sum(sum, functional.get_mpi_communicator());
}
} // namespace

double l1_bound(const PETScVector &functional, Vec v)
{
  const Entries values(v);
  return weighted_sum(functional, [&](PetscInt i) { return std::abs(values[i]); });
}

double l1_bound(const PETScVector &functional, Vec v, Vec other)
{
  const Entries values(v), others(other);
  return weighted_sum(functional, [&](PetscInt i) { return std::abs(values[i] - others[i]); });
}

double negative_l1_bound(const PETScVector &functional, Vec v)
{
  const Entries values(v);
  return weighted_sum(functional, [&](PetscInt i) { return std::max(0.0, -values[i]); });
}
} // namespace lowland
