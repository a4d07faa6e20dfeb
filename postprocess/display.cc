#include "display.h"

#include "input/errors.h"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lowland
{
namespace
{
// In the child: becomes the server, which writes the number of its display to `report`.
[[noreturn]] void become_server(int report)
{
  prctl(PR_SET_PDEATHSIG, SIGTERM); // never outlives this program
  const int nowhere = open("/dev/null", O_RDWR);
  for (const int stream : {0, 1, 2})
    dup2(nowhere, stream);
  const std::string number = std::to_string(report);
  execlp("Xvfb", "Xvfb", "-displayfd", number.c_str(), "-screen", "0", "64x64x24", "-nolisten",
         "tcp", "-noreset", static_cast<char *>(nullptr));
  _exit(127);
}

// The number of the display, or nothing if the server did not start.
std::string read_line(int stream)
{
  std::string line;
  for (char letter; read(stream, &letter, 1) == 1 && letter != '\n';)
    line += letter;
  return line;
}
} // namespace

Display::Display()
{
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0)
    throw OutputError("cannot open a pipe to the virtual display.");
  server_ = fork();
  if (server_ == 0)
  {
    close(pipe_ends[0]);
    become_server(pipe_ends[1]);
  }
  close(pipe_ends[1]);
  const std::string number = read_line(pipe_ends[0]);
  close(pipe_ends[0]);
  if (!number.empty())
    setenv("DISPLAY", (":" + number).c_str(), 1);
  else if (!std::getenv("DISPLAY"))
    throw InputError("there is no display to draw on: install a virtual one with "
                     "`apt install xvfb`, or set DISPLAY.");
}

Display::~Display()
{
  if (server_ <= 0)
    return;
  kill(server_, SIGTERM);
  waitpid(server_, nullptr, 0);
}
} // namespace lowland
