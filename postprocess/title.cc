#include "title.h"

#include "numbers.h"

namespace lowland
{
double draw_title(Page &page, const std::string &first, const std::string &second,
                  const Lettering &letters)
{
  const double margin = letters.title, width = page.width() - 2 * margin;
  double y = page.height() - 0.8 * margin;
  const TextStyle strong{letters.title, black, true, Align::low, Align::high};
  for (const std::string &line : lines_within(first, strong, width, 3))
  {
    page.front().text(line, {margin, y}, strong);
    y -= 1.5 * letters.title;
  }
  if (second.empty())
    return y;
  const TextStyle light{letters.label, grey, false, Align::low, Align::high};
  page.front().text(text_within(second, light, width), {margin, y}, light);
  return y - 1.6 * letters.label;
}

std::string title_of(const Field &field, double time)
{
  const bool timeless = field.option == "loss" || field.option.rfind("mode-", 0) == 0;
  return timeless ? field.label : field.label + " at t = " + pretty_number(time);
}

std::string describe(const RunFolder &run)
{
  const std::string landscape = run.text("landscape"), noise = run.describe_noise();
  const std::string loss = landscape.empty() ? "" : "f = " + landscape;
  return noise + (noise.empty() || loss.empty() ? "" : "; ") + loss;
}
} // namespace lowland
