#include "tasks/conclusion.h"

#include "output/log.h"

#include <algorithm>
#include <cmath>

namespace lowland
{
namespace
{
/// Two minima are told apart as flat and sharp from this ratio of their curvatures' products on.
constexpr double clear_ratio = 2;

double sharpness(const Minimum &minimum, unsigned int dimension)
{
  double product = 1;
  for (unsigned int i = 0; i < dimension; ++i)
    product *= minimum.curvatures[i];
  return product;
}

/// "flat " or "sharp " among two minima, "flattest " or "sharpest " among more; empty if neither.
std::string kind_of_basin(const std::vector<Minimum> &minima, std::size_t k, unsigned int dimension)
{
  const double own = sharpness(minima[k], dimension);
  bool flattest = true, sharpest = true;
  for (std::size_t j = 0; j < minima.size(); ++j)
    if (j != k)
    {
      flattest = flattest && own * clear_ratio <= sharpness(minima[j], dimension);
      sharpest = sharpest && own >= clear_ratio * sharpness(minima[j], dimension);
    }
  const bool two = minima.size() == 2;
  return flattest ? (two ? "flat " : "flattest ") : sharpest ? (two ? "sharp " : "sharpest ") : "";
}

std::string steps_in_words(double steps)
{
  const bool is_counted = steps >= 100 && steps < 1e6;
  return "(" + (is_counted ? std::to_string(std::lround(steps)) : format(steps, 3)) +
         " steps of SGD)";
}

/// Where most of the mass is; without several basins, the mean and the expected loss.
std::string place_in_words(const Record &record, const std::vector<Minimum> &minima,
                           const std::vector<double> &masses, unsigned int dimension)
{
  if (masses.size() > 1)
  {
    const std::size_t k = std::max_element(masses.begin(), masses.end()) - masses.begin();
    return format(100 * masses[k], 3) + " % of the mass sits in the " +
           kind_of_basin(minima, k, dimension) + "basin at " +
           point_in_words(minima[k].point, dimension);
  }
  Coordinates mean{};
  for (unsigned int i = 0; i < dimension; ++i)
    mean[i] = record[std::string("mean_") + "xyz"[i]];
  return "its mean is " + point_in_words(mean, dimension, 5) + " and its expected loss " +
         format(record["expected_loss"], 3);
}
} // namespace

std::string point_in_words(const Coordinates &point, unsigned int dimension, int digits)
{
  double largest = 0;
  for (unsigned int i = 0; i < dimension; ++i)
    largest = std::max(largest, std::abs(point[i]));
  std::string text;
  for (unsigned int i = 0; i < dimension; ++i)
  {
    const bool vanishes = std::abs(point[i]) < std::max(1e-12, 1e-9 * largest);
    text += (i ? ", " : "(") + format(vanishes ? 0.0 : point[i], digits);
  }
  return text + ")";
}

std::string evolution_in_words(const Record &record, std::optional<double> learning_rate,
                               const std::vector<Minimum> &minima,
                               const std::vector<double> &masses, unsigned int dimension)
{
  const double time = record["time"], distance = record["l1_to_invariant"];
  const double survival = record["survival_probability"]; // not a number without absorbing walls
  std::string text = "After t = " + format(time);
  if (learning_rate)
    text += " " + steps_in_words(time / *learning_rate);
  text += distance > 1 ? " the density is still at a distance of " + format(distance, 2) +
                             " from its invariant one in L1, where 2 is the most; "
          : std::isfinite(distance)
              ? " the density is within " + format(distance, 2) + " of its invariant one in L1; "
          : std::isfinite(survival) ? " " + format(100 * survival, 3) + " % of the mass is left; "
          : masses.size() > 1 ? " the expected loss is " + format(record["expected_loss"], 3) + "; "
                              : " this is known of the density: ";
  return text + place_in_words(record, minima, masses, dimension) + ".";
}

std::string invariant_density_in_words(const Record &record, const std::vector<Minimum> &minima,
                                       const std::vector<double> &masses, unsigned int dimension,
                                       std::optional<double> exit_rate)
{
  if (exit_rate)
    return "In the long run the mass that is left falls by a factor e every " +
           format(1 / *exit_rate, 3) + " units of time; " +
           place_in_words(record, minima, masses, dimension) + ".";
  return (masses.size() > 1 ? "In the long run " : "Of the invariant density: ") +
         place_in_words(record, minima, masses, dimension) + ".";
}

std::string decay_in_words(const std::string &what, double rate, double learning_rate)
{
  return what + " falls by a factor e every " + format(1 / rate, 3) + " units of time " +
         steps_in_words(1 / (rate * learning_rate)) + ".";
}

std::string escape_in_words(const std::string &from, const std::string &to, double mfpt,
                            double learning_rate)
{
  return "Leaving " + from + " for " + to + " takes " + format(mfpt, 3) +
         " units of time on average " + steps_in_words(mfpt / learning_rate) + ".";
}
} // namespace lowland
