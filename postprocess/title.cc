#include "title.h"

#include "numbers.h"

namespace lowland
{
namespace
{
constexpr std::size_t most_lines = 4;
constexpr double smallest_letters = 9;
constexpr double line_height = 1.5; ///< relative to the letters

// The paragraph in letters that make it short enough.
std::vector<std::string> short_paragraph(const std::string &text, TextStyle &style, double width)
{
  auto lines = lines_within(text, style, width);
  while (lines.size() > most_lines && style.size > smallest_letters)
  {
    style.size *= 0.9;
    lines = lines_within(text, style, width);
  }
  if (lines.size() > 2 * most_lines)
    return {"f: see parameters.prm"};
  return lines;
}
} // namespace

Heading make_heading(const std::string &strong, const std::vector<std::string> &light, double width,
                     const Lettering &letters)
{
  Heading heading;
  heading.strong_style = {letters.title, black, true, Align::low, Align::high};
  heading.light_style = {letters.label, grey, false, Align::low, Align::high};
  const double within = width - 2 * letters.title;
  heading.strong = lines_within(strong, heading.strong_style, within);
  for (const auto &paragraph : light)
    for (const auto &line : short_paragraph(paragraph, heading.light_style, within))
      heading.light.push_back(line);
  heading.height =
      0.8 * letters.title + line_height * (heading.strong.size() * letters.title +
                                           heading.light.size() * heading.light_style.size);
  return heading;
}

double draw_heading(Page &page, const Heading &heading, const Lettering &letters)
{
  double y = page.height() - 0.8 * letters.title;
  const auto write = [&](const std::vector<std::string> &lines, const TextStyle &style) {
    for (const std::string &line : lines)
    {
      page.front().text(line, {letters.title, y}, style);
      y -= line_height * style.size;
    }
  };
  write(heading.strong, heading.strong_style);
  write(heading.light, heading.light_style);
  return page.height() - heading.height;
}

double draw_title(Page &page, const std::string &first, const std::string &second,
                  const Lettering &letters)
{
  const std::vector<std::string> light(second.empty() ? 0 : 1, second);
  return draw_heading(page, make_heading(first, light, page.width(), letters), letters);
}

std::string title_of(const RunFolder &run, const Field &field, std::size_t index)
{
  if (field.option == "loss" || field.option.rfind("mode-", 0) == 0)
    return field.label;
  const std::string occasion = run.occasion(index);
  if (occasion.empty())
    return field.array == "rho" || field.array == "log10_rho" ? "stationary " + field.label
                                                              : field.label;
  const bool is_reactive = run.is_escape() && field.array == "current";
  return (is_reactive ? "current of the reactive paths |J|" : field.label) + " " + occasion;
}

std::vector<std::string> describe(const RunFolder &run)
{
  std::vector<std::string> lines;
  const std::string landscape = run.text("landscape"), noise = run.describe_noise();
  if (!noise.empty())
    lines.push_back(noise);
  if (!landscape.empty())
    lines.push_back("f = " + landscape);
  if (const double k = run.number("radial_dimension", 1); k > 1)
    lines.push_back(std::string(1, "xyz"[run.dimension() - 1]) + " is the radius of " +
                    pretty_number(k) + " parameters");
  return lines;
}
} // namespace lowland
