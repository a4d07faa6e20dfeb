// The two lines on top of a page: what is shown, and of which run.
#pragma once

#include "axes.h"
#include "field.h"
#include "run_folder.h"

namespace lowland
{
/// Writes at the top of the page: the first text on up to three lines, the second on one, cut to the
/// page's width. Returns the height left below them.
double draw_title(Page &page, const std::string &first, const std::string &second,
                  const Lettering &letters);

/// "density ρ at t = 40"; the loss stands without a time.
std::string title_of(const Field &field, double time);

/// Landscape, noise, learning rate and intensity of a run, as far as it names them.
std::string describe(const RunFolder &run);
} // namespace lowland
