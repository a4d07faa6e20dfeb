#include "film.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lowland
{
namespace
{
// Runs ffmpeg in silence; true if it was there and succeeded.
bool run_ffmpeg(const std::string &pattern, const std::string &film)
{
  const pid_t child = fork();
  if (child == 0)
  {
    const int nowhere = open("/dev/null", O_RDWR);
    for (const int stream : {0, 1, 2})
      dup2(nowhere, stream);
    // Players want even sides and 4:2:0 colour.
    execlp("ffmpeg", "ffmpeg", "-y", "-framerate", "10", "-i", pattern.c_str(), "-vf",
           "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p", film.c_str(),
           static_cast<char *>(nullptr));
    _exit(127);
  }
  int status = 1;
  return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}
} // namespace

std::string make_film(const std::vector<std::string> &frames)
{
  static const std::string number = "_0000.png";
  if (frames.size() < 2)
    return "";
  const std::string stem = frames.front().substr(0, frames.front().size() - number.size());
  const std::string film = stem + ".mp4";
  return run_ffmpeg(stem + "_%04d.png", film) ? film : "";
}
} // namespace lowland
