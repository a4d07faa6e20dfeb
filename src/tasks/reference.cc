#include "tasks/reference.h"

#include "input/allowed.h"
#include "input/parameters.h"
#include "model/landscape/landscape.h"
#include "model/noise/noise.h"

#include <algorithm>
#include <iomanip>
#include <ostream>

namespace lowland
{
namespace
{
using Row = std::vector<std::string>;

// Columns as wide as their widest entry, the last one free.
void print_columns(std::ostream &out, const std::vector<Row> &rows)
{
  std::vector<std::size_t> width(rows.front().size(), 0);
  for (const auto &row : rows)
    for (std::size_t i = 0; i + 1 < row.size(); ++i)
      width[i] = std::max(width[i], row[i].size());
  for (const auto &row : rows)
  {
    for (std::size_t i = 0; i + 1 < row.size(); ++i)
      out << "  " << std::left << std::setw(width[i]) << row[i];
    out << "  " << row.back() << "\n";
  }
}

constexpr const char *landscapes_title =
    "Landscapes (Landscape/Kind), beside `expression`, a formula of your own, `regression`, least "
    "squares on data, and `table`, values on a grid";
constexpr const char *noises_title =
    "Noises (Noise/Kind), eta the learning rate and sigma the intensity";

std::vector<Row> landscape_rows()
{
  std::vector<Row> rows{{"kind", "loss f", "constants", "dimensions", "what it is for"}};
  for (const auto &kind : landscape_kinds())
    rows.push_back({kind.name, kind.formula, kind.constants, kind.dimensions, kind.purpose});
  return rows;
}

std::vector<Row> noise_rows()
{
  std::vector<Row> rows{
      {"kind", "diffusion tensor D", "rank", "invariant density", "what it is for"}};
  for (const auto &kind : noise_kinds())
    rows.push_back({kind.name, kind.tensor, kind.rank, kind.density, kind.purpose});
  return rows;
}

// Text cut into lines of at most `width` characters at its spaces, each behind `prefix`.
void print_wrapped(std::ostream &out, const std::string &text, const std::string &prefix,
                   std::size_t width)
{
  std::size_t begin = 0;
  while (begin < text.size())
  {
    std::size_t end = text.size();
    if (end - begin > width)
      if (const auto space = text.rfind(' ', begin + width);
          space != std::string::npos && space > begin)
        end = space;
    out << prefix << text.substr(begin, end - begin) << "\n";
    begin = end + 1;
  }
}

std::string unit(const ParameterRow &row)
{
  return row.unit == "-" ? "" : " [" + row.unit + "]";
}

// In a Markdown table a | ends the cell.
std::string escaped(std::string text)
{
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2)
    text.insert(at, "\\");
  return text;
}

std::string code(const std::string &text)
{
  return text.empty() ? "" : "`" + escaped(text) + "`";
}
} // namespace

namespace
{
// The first row is the header; the second column is code.
void print_markdown_table(std::ostream &out, const std::string &title, const std::vector<Row> &rows)
{
  out << "**" << title << "**\n\n";
  for (const Row &row : rows)
  {
    const bool is_header = &row == &rows.front();
    for (std::size_t i = 0; i < row.size(); ++i)
      out << "| " << (i == 1 && !is_header ? code(row[i]) : escaped(row[i])) << " ";
    out << "|\n" << (is_header ? "|---|---|---|---|---|\n" : "");
  }
  out << "\n";
}
} // namespace

void print_list(std::ostream &out)
{
  out << landscapes_title << ":\n";
  print_columns(out, landscape_rows());
  out << "\n" << noises_title << ":\n";
  print_columns(out, noise_rows());
  out << "\nParameters (Section/Key), their defaults, and what is allowed (`lowland template` says "
         "what they mean):\n";
  std::vector<Row> rows{{"parameter", "default", "unit", "allowed"}};
  for (const auto &row : parameter_table())
    rows.push_back({(row.section.empty() ? "" : row.section + "/") + row.key, row.default_value,
                    row.unit, in_words(row.pattern)});
  print_columns(out, rows);
}

void print_markdown(std::ostream &out)
{
  print_markdown_table(out, landscapes_title, landscape_rows());
  print_markdown_table(out, noises_title, noise_rows());
  std::string section = "none yet";
  for (const auto &row : parameter_table())
  {
    if (row.section != section)
      out << (row.section.empty() ? "**Top level**" : "\n**" + row.section + "**")
          << "\n\n| key | default | allowed | unit | meaning |\n|---|---|---|---|---|\n";
    section = row.section;
    out << "| " << row.key << " | " << code(row.default_value) << " | "
        << escaped(in_words(row.pattern)) << " | " << row.unit << " | " << escaped(row.meaning)
        << " |\n";
  }
}

void print_template(std::ostream &out)
{
  out << "# A Lowland parameter file: every key, at its default. Delete what you do not "
         "change.\n\n";
  std::string open;
  for (const auto &row : parameter_table())
  {
    if (row.section != open)
      out << (open.empty() ? "" : "end\n") << "\nsubsection " << row.section << "\n";
    open = row.section;
    const std::string indent = open.empty() ? "" : "  ";
    print_wrapped(out, row.meaning, indent + "# ", 94);
    print_wrapped(out, "Allowed: " + in_words(row.pattern) + unit(row), indent + "# ", 94);
    out << indent << "set " << row.key << (row.default_value.empty() ? " =" : " = ")
        << row.default_value << "\n";
  }
  out << "end\n";
}
} // namespace lowland
