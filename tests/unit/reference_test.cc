// What `list` and `template` print.
#include "input/allowed.h"
#include "input/parameters.h"
#include "model/landscape/landscape.h"
#include "model/noise/noise.h"
#include "tasks/evolution/time_integrator.h"
#include "tasks/reference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

using namespace lowland;

TEST(Reference, TheTemplateIsTheDefaults)
{
  std::ostringstream text;
  print_template(text);
  EXPECT_EQ(Parameters::from_text(text.str()).every_value(),
            Parameters::from_text("").every_value());
  for (const auto &row : parameter_table())
    EXPECT_NE(text.str().find("set " + row.key + " ="), std::string::npos) << row.key;
}

TEST(Reference, TheTemplateFitsTheScreen)
{
  std::stringstream text;
  print_template(text);
  for (std::string line; std::getline(text, line);)
    EXPECT_LE(line.size(), 100u) << line;
}

TEST(Reference, TheListHasEveryLandscapeAndParameter)
{
  std::ostringstream text;
  print_list(text);
  for (const auto &kind : landscape_kinds())
    EXPECT_NE(text.str().find(kind.name), std::string::npos) << kind.name;
  for (const auto &row : parameter_table())
    EXPECT_NE(text.str().find(row.key), std::string::npos) << row.key;
}

TEST(Reference, MarkdownRowsHaveFiveCells)
{
  std::stringstream text;
  print_markdown(text);
  for (std::string line; std::getline(text, line);)
  {
    const bool is_row = !line.empty() && line[0] == '|';
    int n_bars = 0; // that end a cell
    for (std::size_t i = 0; i < line.size(); ++i)
      n_bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\');
    EXPECT_EQ(n_bars, is_row ? 6 : 0) << line;
  }
  for (const auto &kind : landscape_kinds())
    EXPECT_NE(text.str().find("| " + kind.name + " |"), std::string::npos) << kind.name;
  for (const auto &kind : noise_kinds())
    EXPECT_NE(text.str().find("| " + kind.name + " |"), std::string::npos) << kind.name;
}

TEST(Reference, TheTableAllowsEveryLandscape)
{
  for (const auto &kind : landscape_kinds())
    EXPECT_NO_THROW(Parameters::from_text("", "", {"Landscape/Kind=" + kind.name})) << kind.name;
}

TEST(Reference, TheTimeSchemesAreThoseOfTheIntegrator)
{
  const auto &table = parameter_table();
  const auto row = std::find_if(table.begin(), table.end(), [](const ParameterRow &r) {
    return r.section == "Time" && r.key == "Scheme";
  });
  ASSERT_NE(row, table.end());
  std::vector<std::string> names = {"auto"};
  for (const TimeScheme &scheme : time_schemes())
    names.push_back(scheme.name);
  EXPECT_EQ(literals(row->pattern), names);
  EXPECT_EQ(row->default_value, names.front());
}
