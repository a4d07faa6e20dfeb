// How long the next time step is, and how large its error may be.
#pragma once

#include "tasks/evolution/time_integrator.h"

#include <nlohmann/json_fwd.hpp>
#include <optional>

namespace lowland
{
class StepControl
{
public:
  /// `budget`: the L1 error that all steps up to `end` may make. `fixed`: a length chosen by the user, whose error
  /// is not looked at.
  StepControl(const TimeScheme &scheme, double budget, double end, std::optional<double> fixed);

  /// Begins with a part of the time in which the density changes by itself.
  void begin(double time_scale);
  /// Equal steps over the `rest` of the time to the next output, no longer than wanted; the last one again where
  /// that fits, because its factors are still there.
  double next(double rest) const;
  /// The error that one step may make: part of it in proportion to its length, part of it a share of what is left,
  /// because transients are short and the flow contracts L1.
  double allowed_error(double dt) const;

  /// Whether a step may stay that made this error; the next one is `growth` times as long. `change`: the part of the
  /// density that has moved.
  bool accepts(double dt, double error, double growth, double change);
  /// After a step in which the solver gave up. False where no shorter one is to be tried.
  bool shorten(double dt);
  /// Smaller errors do not come of shorter steps.
  bool is_stuck() const;
  /// As if no step had failed or been rejected: the solver is another one.
  void forgive() { failures_in_a_row_ = rejections_in_a_row_ = 0; }
  /// The length of the last step that was accepted.
  double last() const { return last_; }

  void save(nlohmann::json &state) const;
  void restore(const nlohmann::json &state);

private:
  double order_, share_of_rest_, most_change_, budget_, end_;
  std::optional<double> fixed_;
  double wanted_ = 0, last_ = 0, first_ = 0;
  double spent_ = 0; ///< the error of all steps so far, beyond their own parts of the budget
  unsigned int failures_in_a_row_ = 0, rejections_in_a_row_ = 0;
};
} // namespace lowland
