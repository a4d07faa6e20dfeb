// A display to draw on where the machine has none.
#pragma once

#include <sys/types.h>

namespace lowland
{
/// Starts a private Xvfb and points DISPLAY at it for as long as the object lives. A private server
/// is preferred even where a display exists: the pictures are then the same everywhere, and a
/// forwarded display without OpenGL does no harm. Without Xvfb, DISPLAY is used as it is; without
/// either the constructor throws InputError and names the package to install.
class Display
{
public:
  Display();
  ~Display();
  Display(const Display &) = delete;
  Display &operator=(const Display &) = delete;

private:
  pid_t server_ = 0;
};
} // namespace lowland
