#include "tasks/evolution/interruption.h"

#include "input/errors.h"

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <limits>
#include <regex>

namespace lowland
{
namespace
{
struct Signal
{
  int number;
  const char *name;
};
constexpr std::array<Signal, 3> signals = {
    {{SIGTERM, "SIGTERM"}, {SIGINT, "SIGINT"}, {SIGUSR1, "SIGUSR1"}}};

/// The last signal that came, 0 for none.
volatile std::sig_atomic_t received = 0;

void note(int signal)
{
  received = signal;
}

/// What one rank has to say; the largest is heard.
enum Cause
{
  nothing,
  interval_over,
  limit_near,
  stop_file_found,
  first_signal ///< plus the index of the signal
};

int signal_cause()
{
  for (std::size_t k = 0; k < signals.size(); ++k)
    if (signals[k].number == received)
      return first_signal + k;
  return nothing;
}
} // namespace

Interruption::Interruption(MPI_Comm communicator, std::string stop_file, double interval,
                           std::optional<double> end)
    : communicator_(communicator), stop_file_(std::move(stop_file)), interval_(interval),
      start_(MPI_Wtime()), end_(end.value_or(std::numeric_limits<double>::infinity())),
      last_poll_(start_), last_checkpoint_(start_)
{
  if (const auto left = wall_time_left())
    end_ = std::min(end_, start_ + *left);
  received = 0;
  struct sigaction action = {};
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;
  for (const Signal &signal : signals)
    sigaction(signal.number, &action, nullptr);
}

/// What stopping may still take: another step like the longest, the checkpoint, the summary, the end of the
/// program; no more than half of what a short limit allows.
double Interruption::reserve() const
{
  return std::min(2 * longest_step_ + 3 * longest_checkpoint_ + 20, 0.5 * (end_ - start_));
}

Request Interruption::poll()
{
  const double now = MPI_Wtime();
  longest_step_ = std::max(longest_step_, now - last_poll_);
  last_poll_ = now;
  int cause = signal_cause();
  if (dealii::Utilities::MPI::this_mpi_process(communicator_) == 0)
  {
    std::error_code ignored;
    if (now - last_checkpoint_ >= interval_)
      cause = std::max<int>(cause, interval_over);
    if (now >= end_ - reserve())
      cause = std::max<int>(cause, limit_near);
    if (std::filesystem::exists(stop_file_, ignored))
      cause = std::max<int>(cause, stop_file_found);
  }
  cause = dealii::Utilities::MPI::max(cause, communicator_);
  if (cause <= interval_over)
    return cause == nothing ? Request::none : Request::checkpoint;
  reason_ = cause >= first_signal      ? signals[cause - first_signal].name
            : cause == stop_file_found ? "a file named stop"
                                       : "the limit of the wall time";
  return Request::stop;
}

void Interruption::checkpoint_written(double seconds)
{
  longest_checkpoint_ = std::max(longest_checkpoint_, seconds);
  last_poll_ = last_checkpoint_ = MPI_Wtime();
}

double parse_wall_time(const std::string &text)
{
  static const std::regex form(
      R"((?:(\d{1,4})-(?=\d+:\d+:))?(?:(\d{1,6}):(?=\d+:))?(\d{1,8})(?::(\d{1,2}))?)");
  std::smatch match;
  if (!std::regex_match(text, match, form))
    throw InputError("--wall-time " + text +
                     ": expected minutes, minutes:seconds, "
                     "hours:minutes:seconds or days-hours:minutes:seconds.");
  const auto number = [&](int group) {
    return match[group].matched ? std::stod(match[group]) : 0.0;
  };
  return ((24 * number(1) + number(2)) * 60 + number(3)) * 60 + number(4);
}

std::optional<double> wall_time_left()
{
  const char *end = std::getenv("SLURM_JOB_END_TIME");
  if (!end)
    return {};
  char *rest = nullptr;
  const double seconds = std::strtod(end, &rest);
  if (rest == end || *rest != '\0')
    return {};
  return std::max(0.0, seconds - std::time(nullptr));
}
} // namespace lowland
