#include "tasks/evolution/step_control.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace lowland
{
namespace
{
/// A step that fails is tried again with a quarter of its length, this often.
constexpr unsigned int max_failures = 4;
/// Smaller steps make smaller errors: after so many rejected ones, or at so small a part of the first one, the
/// linear systems are solved too loosely for that.
constexpr unsigned int max_rejections = 10;
constexpr double shortest_step = 1e-8;
/// The share of what is left of the budget that one step may use up. Exponential steps are few, and with a whole number
/// of vectors make far smaller errors than they may.
constexpr double rest_for_exponential = 0.8, rest_for_others = 0.05;
/// The L1 norm of what may change in one step, so that the mesh can follow. Normal densities that differ by 1.7 are 2.9
/// standard deviations apart: the meshes made for the one and the other also serve what lies between them. Steps of other
/// schemes are not made again on a finer mesh.
constexpr double change_for_exponential = 1.7, change_for_others = 1;
} // namespace

StepControl::StepControl(const TimeScheme &scheme, double budget, double end,
                         std::optional<double> fixed)
    : order_(scheme.order),
      share_of_rest_(scheme.is_exponential() ? rest_for_exponential : rest_for_others),
      most_change_(scheme.is_exponential() ? change_for_exponential : change_for_others),
      budget_(budget), end_(end), fixed_(fixed)
{
}

void StepControl::begin(double time_scale)
{
  // Exponential steps have no order: their error asks for no shorter step.
  const double part = order_ > 0 ? 0.3 * std::pow(budget_, 1 / order_) : 1;
  first_ = wanted_ = part * time_scale;
}

double StepControl::next(double rest) const
{
  if (fixed_)
    return std::min(*fixed_, rest);
  const double n = std::round(rest / last_);
  const bool fits = last_ > 0 && n >= 1 && std::abs(n * last_ - rest) < 1e-9 * rest;
  if (fits && wanted_ >= last_ * 0.9999 && (wanted_ < 1.5 * last_ || n == 1))
    return last_;
  return rest / std::ceil(rest / wanted_ * (1 - 1e-9));
}

double StepControl::allowed_error(double dt) const
{
  return 0.5 * budget_ * dt / end_ + share_of_rest_ * std::max(0.0, 0.5 * budget_ - spent_);
}

bool StepControl::accepts(double dt, double error, double growth, double change)
{
  failures_in_a_row_ = 0;
  if (!fixed_ && error > 1.2 * allowed_error(dt))
  {
    wanted_ = dt * std::clamp(growth, 0.1, 0.7);
    ++rejections_in_a_row_;
    return false;
  }
  rejections_in_a_row_ = 0;
  spent_ = std::max(0.0, spent_ + error - 0.5 * budget_ * dt / end_);
  if (growth > 1.5)
    wanted_ = std::max(wanted_, dt * std::min(growth, 5.0));
  wanted_ = std::min(wanted_, dt * std::max(0.3, most_change_ / std::max(change, 1e-300)));
  last_ = dt;
  return true;
}

bool StepControl::shorten(double dt)
{
  if (fixed_ || ++failures_in_a_row_ > max_failures)
    return false;
  wanted_ = dt / 4;
  return true;
}

bool StepControl::is_stuck() const
{
  return rejections_in_a_row_ > max_rejections || wanted_ < shortest_step * first_;
}

void StepControl::save(nlohmann::json &state) const
{
  state["wanted_step"] = wanted_;
  state["last_step"] = last_;
  state["first_step"] = first_;
  state["spent"] = spent_;
}

void StepControl::restore(const nlohmann::json &state)
{
  wanted_ = state.at("wanted_step");
  last_ = state.at("last_step");
  first_ = state.value("first_step", 0.0); // the first checkpoints do not say it
  spent_ = state.at("spent");
}
} // namespace lowland
