#include "output/log.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace lowland
{
namespace
{
std::string duration(double seconds)
{
  char text[32];
  if (seconds < 60)
    std::snprintf(text, sizeof text, "%.0f s", seconds);
  else if (seconds < 3600)
    std::snprintf(text, sizeof text, "%.0f min %02.0f s", std::floor(seconds / 60),
                  seconds - 60 * std::floor(seconds / 60));
  else
    std::snprintf(text, sizeof text, "%.1f h", seconds / 3600);
  return text;
}

/// Whether someone watches. Open MPI gives rank 0 a terminal of its own, wherever mpirun's output goes: to see that,
/// one looks at mpirun.
bool is_watched()
{
  if (!isatty(STDOUT_FILENO))
    return false;
  if (!std::getenv("OMPI_COMM_WORLD_SIZE"))
    return true;
  std::error_code unknown;
  const auto output = std::filesystem::read_symlink(
      "/proc/" + std::to_string(getppid()) + "/fd/" + std::to_string(STDOUT_FILENO), unknown);
  return unknown || output.native().rfind("/dev/pts/", 0) == 0 ||
         output.native().rfind("/dev/tty", 0) == 0;
}

/// In characters.
std::size_t terminal_width()
{
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string bar(double fraction)
{
  constexpr int length = 20;
  const int done = std::clamp(static_cast<int>(length * fraction), 0, length);
  return "[" + std::string(done, '#') + std::string(length - done, '-') + "]";
}
} // namespace

Log::Log(MPI_Comm communicator, bool quiet) : quiet_(quiet), terminal_(is_watched())
{
  int rank = 0;
  MPI_Comm_rank(communicator, &rank);
  rank_0_ = rank == 0;
}

Log::~Log()
{
  end_progress();
}

void Log::open(const std::string &file, bool append)
{
  if (!rank_0_)
    return;
  file_.open(file, append ? std::ios::app : std::ios::out);
  file_ << unwritten_ << std::flush;
  unwritten_.clear();
}

void Log::keep(const std::string &line)
{
  if (file_.is_open())
    file_ << line << std::endl;
  else
    unwritten_ += line + "\n";
}

void Log::line(const std::string &text)
{
  if (!rank_0_)
    return;
  end_progress();
  if (!quiet_)
    std::cout << text << std::endl;
  keep(text);
}

void Log::entry(const std::string &name, const std::string &value)
{
  line("  " + name + std::string(name.size() < 20 ? 20 - name.size() : 1, ' ') + value);
}

void Log::warn(const std::string &text)
{
  if (std::find(warnings_.begin(), warnings_.end(), text) != warnings_.end())
    return;
  warnings_.push_back(text);
  if (!rank_0_)
    return;
  end_progress();
  std::cerr << "warning: " << text << std::endl;
  keep("warning: " + text);
}

void Log::keep_earlier(const std::vector<std::string> &warnings)
{
  const auto since = std::exchange(warnings_, warnings);
  for (const std::string &text : since)
    if (std::find(warnings_.begin(), warnings_.end(), text) == warnings_.end())
      warnings_.push_back(text);
}

/// On a terminal a few times a second, from the first call on; elsewhere every so often.
bool Log::is_due()
{
  const double now = MPI_Wtime();
  if (started_ < 0)
  {
    started_ = now;
    last_shown_ = terminal_ ? now - 1 : now;
  }
  if (!rank_0_ || quiet_ || now - last_shown_ < (terminal_ ? 0.2 : 15))
    return false;
  last_shown_ = now;
  return true;
}

void Log::draw(const std::string &text)
{
  if (terminal_)
    std::cout << "\r" << text.substr(0, terminal_width() - 1) << "\033[K" << std::flush;
  else
    std::cout << text << std::endl;
  drawn_ = terminal_;
}

void Log::progress(double fraction, const std::string &state)
{
  if (!is_due())
    return;
  std::string text = "  " + std::to_string(static_cast<int>(100 * fraction)) + " %, " + state;
  if (fraction > 0.01)
    text += ", " + duration((MPI_Wtime() - started_) * (1 - fraction) / fraction) + " left";
  if (terminal_)
    text = "  " + bar(fraction) + text;
  draw(text);
}

void Log::working(const std::string &state)
{
  if (is_due())
    draw("  " + state + ", " + duration(MPI_Wtime() - started_) + " so far");
}

void Log::end_progress()
{
  if (drawn_)
    std::cout << "\r\033[K" << std::flush;
  drawn_ = false;
}

std::string format(double value, int digits)
{
  std::ostringstream out;
  out.precision(digits);
  out << value;
  const std::string text = out.str();
  const bool has_needless_exponent =
      std::abs(value) >= 1 && std::abs(value) < 1e6 && text.find('e') != std::string::npos;
  return has_needless_exponent ? std::to_string(std::lround(std::stod(text))) : text;
}
} // namespace lowland
