#include "output/nodal_field.h"

#include "output/vtu.h"

namespace lowland
{
namespace
{
template <int dim>
class NodalField : public VtuFields<dim>
{
public:
  explicit NodalField(std::string name) : name_(std::move(name)) {}
  std::vector<VtuField> fields() const override { return {{name_, false, true}}; }
  void evaluate(const FunctionsAtPoint<dim> &at, std::vector<double> &numbers) const override
  {
    numbers.push_back(at.u[0]);
  }

private:
  const std::string name_;
};
} // namespace

template <int dim>
void write_nodal_field(const DensitySpace<dim> &space, const Model &model, const PETScVector &u,
                       const std::string &name, double accuracy, const std::string &file)
{
  write_vtu<dim>(space, model, {&u}, NodalField<dim>(name), accuracy, file);
}

#define INSTANTIATE(dim)                                                                           \
  template void write_nodal_field(const DensitySpace<dim> &, const Model &, const PETScVector &,   \
                                  const std::string &, double, const std::string &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
