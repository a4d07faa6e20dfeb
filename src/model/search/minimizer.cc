#include "model/search/minimizer.h"

#include "model/search/kink_descent.h"
#include "model/search/point_vector.h"
#include "model/search/search_region.h"

#include <petsctao.h>

#include <algorithm>
#include <cmath>

namespace lowland
{
namespace
{
/// What TAO minimises: f by a unit in which the squares that it forms of the gradient are numbers, and steps are not
/// below the absolute lengths by which it finds active bounds. A power of 2 rounds nothing.
struct ScaledLoss
{
  const Landscape &landscape;
  double factor = 1;

  void take_unit_at(const Coordinates &point)
  {
    const double slope = norm(gradient_at(landscape, point));
    const int exponent = slope > 0 && std::isfinite(slope) ? std::ilogb(slope) : 0;
    factor = std::ldexp(1.0, std::clamp(exponent, -10, 300) - exponent);
  }
};

PetscErrorCode scaled_loss_and_gradient(Tao, Vec x, PetscReal *loss, Vec gradient, void *context)
{
  const auto &[landscape, factor] = *static_cast<const ScaledLoss *>(context);
  const Coordinates point = to_coordinates(x);
  *loss = finite_or(factor * landscape.value(point), stand_in);
  set_entries(gradient, along({}, factor, gradient_at(landscape, point)));
  return 0;
}

PetscErrorCode scaled_hessian(Tao, Vec x, Mat h, Mat, void *context)
{
  const auto &[landscape, factor] = *static_cast<const ScaledLoss *>(context);
  set_hessian(h, landscape, to_coordinates(x));
  MatScale(h, factor);
  return 0;
}

/// TAO's Newton method with a trust region, in a box.
class NewtonInBox
{
public:
  NewtonInBox(const Landscape &landscape, const Box &box) : loss_{landscape}
  {
    const PetscInt d = landscape.dimension();
    VecCreateSeq(PETSC_COMM_SELF, d, &x_);
    VecDuplicate(x_, &lower_);
    VecDuplicate(x_, &upper_);
    set_entries(lower_, box.lower);
    set_entries(upper_, box.upper);
    MatCreateSeqDense(PETSC_COMM_SELF, d, d, nullptr, &h_);
    TaoCreate(PETSC_COMM_SELF, &tao_);
    TaoSetOptionsPrefix(tao_, "minima_"); // the user's options are for the time steps
    TaoSetType(tao_, TAOBNTR);
    TaoSetSolution(tao_, x_);
    TaoSetVariableBounds(tao_, lower_, upper_);
    TaoSetObjectiveAndGradient(tao_, nullptr, scaled_loss_and_gradient, &loss_);
    TaoSetHessian(tao_, h_, h_, scaled_hessian, &loss_);
    // As far as roundings let it: Newton is only linear at degenerate minima.
    TaoSetTolerances(tao_, 1e-30, 0, 0);
    TaoSetConvergenceTest(tao_, stop_at_roundings, this);
    TaoSetMaximumIterations(tao_, 100);
  }
  ~NewtonInBox()
  {
    TaoDestroy(&tao_);
    MatDestroy(&h_);
    for (Vec *vector : {&x_, &lower_, &upper_})
      VecDestroy(vector);
  }
  NewtonInBox(const NewtonInBox &) = delete;

  Coordinates from(const Coordinates &start)
  {
    const QuietPetsc quiet;
    loss_.take_unit_at(start);
    set_entries(x_, start);
    n_unmoved_ = 0;
    TaoSolve(tao_);
    return to_coordinates(x_);
  }

private:
  /// The least gradient is out of reach where roundings keep it from 0.
  static PetscErrorCode stop_at_roundings(Tao tao, void *context)
  {
    constexpr unsigned int most_unmoved = 2;
    auto &newton = *static_cast<NewtonInBox *>(context);
    const Coordinates point = to_coordinates(newton.x_);
    const bool has_moved = distance(point, newton.last_) > 1e-15 * norm(point);
    newton.n_unmoved_ = has_moved ? 0 : newton.n_unmoved_ + 1;
    newton.last_ = point;
    if (newton.n_unmoved_ <= most_unmoved)
      return TaoDefaultConvergenceTest(tao, nullptr);
    return TaoSetConvergedReason(tao, TAO_CONVERGED_STEPTOL);
  }

  ScaledLoss loss_;
  Coordinates last_{};
  unsigned int n_unmoved_ = 0; ///< iterations in a row
  Vec x_ = nullptr, lower_ = nullptr, upper_ = nullptr;
  Mat h_ = nullptr;
  Tao tao_ = nullptr;
};
} // namespace

struct Minimizer::Implementation
{
  const Landscape &landscape;
  const Box box;
  NewtonInBox newton;
};

Minimizer::Minimizer(const Landscape &landscape, const Box &box)
    : implementation_(new Implementation{landscape, box, {landscape, box}})
{
}

Minimizer::~Minimizer() = default;

Coordinates Minimizer::from(const Coordinates &start)
{
  auto &[landscape, box, newton] = *implementation_;
  const Coordinates point = newton.from(start);
  const double step = resolution(point, box, landscape.dimension());
  return through_kinks(landscape, box, point, step);
}

Coordinates Minimizer::newton_from(const Coordinates &start)
{
  return implementation_->newton.from(start);
}
} // namespace lowland
