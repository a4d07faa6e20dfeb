#include "model/noise/schedule.h"

#include "input/unread.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

namespace lowland
{
namespace
{
using Piece = LearningRate::Piece;

const char *section = "Learning rate schedule";

/// More jumps than this are not a schedule but noise.
constexpr double most_pieces = 1e5;

/// What the section says.
struct Values
{
  double learning_rate, lowest, factor, period, end;
};

Piece line(double begin, double end, double from, double to)
{
  return {begin, end, [=](double t) { return from + (to - from) * (t - begin) / (end - begin); }};
}

Piece level(double begin, double end, double eta)
{
  return {begin, end, [=](double) { return eta; }};
}

std::vector<Piece> steps(const Values &v)
{
  std::vector<Piece> pieces;
  for (unsigned int k = 0; k * v.period <= v.end; ++k)
    pieces.push_back(
        level(k * v.period, (k + 1) * v.period, v.learning_rate * std::pow(v.factor, k)));
  return pieces;
}

std::vector<Piece> triangles(const Values &v)
{
  std::vector<Piece> pieces;
  for (unsigned int k = 0; k * v.period <= v.end; ++k)
  {
    const double begin = k * v.period, top = (k + 0.5) * v.period, end = (k + 1) * v.period;
    pieces.push_back(line(begin, top, v.lowest, v.learning_rate));
    pieces.push_back(line(top, end, v.learning_rate, v.lowest));
  }
  return pieces;
}

std::vector<Piece> table(const Parameters &parameters)
{
  const auto rows = parameters.rows(section, "Table");
  std::vector<Piece> pieces;
  for (std::size_t k = 0; k < rows.size(); ++k)
  {
    if (rows[k].size() != 2)
      throw parameters.error(section, "Table", "wants pairs `time, learning rate` between `;`");
    if (k == 0 ? rows[k][0] != 0 : rows[k][0] < rows[k - 1][0])
      throw parameters.error(section, "Table", "the times must begin at 0 and never fall");
    if (k > 0 && rows[k][0] > rows[k - 1][0])
      pieces.push_back(line(rows[k - 1][0], rows[k][0], rows[k - 1][1], rows[k][1]));
  }
  pieces.push_back(level(rows.back()[0], rows.back()[0], rows.back()[1]));
  return pieces;
}

std::vector<Piece> pieces_of(const std::string &kind, const Values &v, const Parameters &parameters)
{
  if (kind == "step")
    return steps(v);
  if (kind == "cyclical")
    return triangles(v);
  if (kind == "table")
    return table(parameters);
  if (kind == "exponential")
    return {
        {0, v.end, [v](double t) { return v.learning_rate * std::pow(v.factor, t / v.period); }}};
  if (kind == "cosine")
    return {{0, v.period,
             [v](double t) {
               return v.lowest +
                      (v.learning_rate - v.lowest) * (1 + std::cos(M_PI * t / v.period)) / 2;
             }},
            level(v.period, v.end, v.lowest)};
  if (kind == "warm-up")
    return {line(0, v.period, v.lowest, v.learning_rate), level(v.period, v.end, v.learning_rate)};
  return {level(0, v.end, v.learning_rate)};
}

Values read_values(const Parameters &parameters)
{
  refuse_unread(parameters, section, {"Period", "Factor", "Lowest learning rate", "Table"});
  Values v;
  v.learning_rate = parameters.number("Noise", "Learning rate");
  v.lowest = parameters.number(section, "Lowest learning rate");
  v.factor = parameters.number(section, "Factor");
  v.end = parameters.number("Time", "End");
  if (!(v.end > 0))
    v.end = 1;
  v.period = parameters.number_or_auto(section, "Period").value_or(v.end);
  if (v.lowest > v.learning_rate)
    throw parameters.error(section, "Lowest learning rate", "exceeds Noise/Learning rate");
  if (is_read(parameters, section, "Period") && v.end / v.period > most_pieces)
    throw parameters.error(section, "Period", "is too short beside Time/End");
  return v;
}
} // namespace

LearningRate::LearningRate(const Parameters &parameters)
{
  const std::string kind = parameters.text(section, "Kind");
  const Values values = read_values(parameters);
  pieces_ = pieces_of(kind, values, parameters);
  pieces_.back().end = std::numeric_limits<double>::infinity();
  is_constant_ = kind == "constant";
  for (const Piece &piece : pieces_)
    if (piece.begin <= values.end)
      for (const double t : {piece.begin, std::min(piece.end, values.end)})
        reference_ = std::max(reference_, piece.value(t));
  if (!(reference_ > 0))
    throw parameters.error(section, "Table", "the learning rate is never positive");
  std::ostringstream out;
  out << kind << ", at most " << reference_ << ", at the end " << relative(values.end) * reference_;
  description_ = out.str();
}

const LearningRate::Piece &LearningRate::piece(double time) const
{
  const auto later = std::upper_bound(pieces_.begin(), pieces_.end(), time,
                                      [](double t, const Piece &p) { return t < p.begin; });
  return later == pieces_.begin() ? pieces_.front() : *(later - 1);
}
} // namespace lowland
