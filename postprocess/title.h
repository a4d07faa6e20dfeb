// The lines on top of a page: what is shown, and of which run.
#pragma once

#include "axes.h"
#include "field.h"
#include "run_folder.h"

namespace lowland
{
/// A title broken into lines for one width of the page.
struct Heading
{
  std::vector<std::string> strong, light;
  TextStyle strong_style, light_style;
  double height; ///< from the top of the page
};

/// `light`: paragraphs in smaller letters. What fills too many lines gets smaller letters still; a
/// formula of thousands of characters is replaced by where to find it.
Heading make_heading(const std::string &strong, const std::vector<std::string> &light, double width,
                     const Lettering &letters);

/// Writes it; returns the height left below.
double draw_heading(Page &page, const Heading &heading, const Lettering &letters);

/// Both in one: `first` strong, `second` light where it is not empty.
double draw_title(Page &page, const std::string &first, const std::string &second,
                  const Lettering &letters);

/// "density ρ at t = 40", "stationary density ρ"; the loss and modes stand without a time, a committor with its minima.
std::string title_of(const RunFolder &run, const Field &field, std::size_t index);

/// Noise, learning rate and intensity; landscape: as far as the run names them.
std::vector<std::string> describe(const RunFolder &run);
} // namespace lowland
