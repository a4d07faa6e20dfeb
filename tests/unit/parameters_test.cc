// The parameter file: what it accepts, and one clear message for everything else.
#include "input/parameters.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

using namespace lowland;

namespace
{
// The message with which a text (and assignments) is refused; "" if it is accepted.
std::string refusal(const std::string &text, const std::vector<std::string> &assignments = {})
{
  try
  {
    Parameters::from_text(text, "a.prm", assignments);
  }
  catch (const InputError &error)
  {
    return error.what();
  }
  return "";
}

std::string in_time(const std::string &lines)
{
  return "subsection Time\n" + lines + "\nend\n";
}

// Every word must be in the message, which is one line long.
void expect_words(const std::string &message, const std::vector<std::string> &words)
{
  EXPECT_FALSE(message.empty()) << "was accepted";
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  for (const auto &word : words)
    EXPECT_NE(message.find(word), std::string::npos) << "`" << word << "` is not in: " << message;
}

void expect_refused(const std::string &text, const std::vector<std::string> &words)
{
  SCOPED_TRACE(text);
  expect_words(refusal(text), words);
}
} // namespace

TEST(Parameters, AnEmptyFileGivesTheDefaults)
{
  const auto parameters = Parameters::from_text("");
  EXPECT_EQ(parameters.integer("", "Dimension"), 2);
  EXPECT_EQ(parameters.number("Time", "Tolerance"), 1e-3);
  EXPECT_TRUE(parameters.flag("Discretization", "Adaptation"));
  EXPECT_EQ(parameters.number_or_auto("Time", "Time step"), std::nullopt);
  EXPECT_EQ(parameters.integer_or_auto("Discretization", "Degree"), std::nullopt);
  EXPECT_EQ(parameters.texts("Output", "Fields").size(), 5u);
  EXPECT_TRUE(parameters.texts("Domain", "Periodic").empty());
  EXPECT_FALSE(parameters.given("Time", "End"));
}

TEST(Parameters, EveryDefaultIsAllowed)
{
  for (const auto &row : parameter_table())
    EXPECT_EQ(refusal("", {(row.section.empty() ? "" : row.section + "/") + row.key + "=" +
                           row.default_value}),
              "");
}

TEST(Parameters, CommentsBlankLinesTabsAndContinuedLinesAreRead)
{
  const auto parameters = Parameters::from_text("# a comment\r\n\n  set\tDimension = 3 # another\n"
                                                "subsection Landscape\n"
                                                "  set Loss = x^2 \\\n    + y^2\n"
                                                "end\n" +
                                                in_time("set Output times = 0, \\\n 0.5,1"));
  EXPECT_EQ(parameters.integer("", "Dimension"), 3);
  EXPECT_EQ(parameters.text("Landscape", "Loss"), "x^2 + y^2");
  EXPECT_EQ(parameters.numbers("Time", "Output times"), (std::vector<double>{0, 0.5, 1}));
  EXPECT_TRUE(parameters.given("Landscape", "Loss"));
}

TEST(Parameters, TypedValues)
{
  const auto parameters =
      Parameters::from_text("subsection Initial density\n set Mean = 1, 2; 3, 4\n end\n"
                            "subsection Output\n set Fields = rho, current\n"
                            " set Observables = left = x < 0; x^2+y^2\n end\n"
                            "subsection Domain\n set Lower corner = -2\n set Upper corner = 1, 2\n"
                            " set Periodic = x, y\n end\n"
                            "subsection Discretization\n set Degree = 4\n end\n");
  EXPECT_EQ(parameters.rows("Initial density", "Mean"),
            (std::vector<std::vector<double>>{{1, 2}, {3, 4}}));
  EXPECT_EQ(parameters.texts("Output", "Fields"), (std::vector<std::string>{"rho", "current"}));
  EXPECT_EQ(parameters.entries("Output", "Observables"),
            (std::vector<std::string>{"left = x < 0", "x^2+y^2"}));
  EXPECT_EQ(parameters.per_axis("Domain", "Lower corner"), (std::vector<double>{-2, -2}));
  EXPECT_EQ(parameters.per_axis("Domain", "Upper corner"), (std::vector<double>{1, 2}));
  EXPECT_EQ(parameters.texts("Domain", "Periodic"), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(parameters.integer_or_auto("Discretization", "Degree"), 4);
  EXPECT_THROW(parameters.text("Time", "Ende"), std::logic_error);
}

TEST(Parameters, TheCountOfNumbersMustFitTheDimension)
{
  const auto parameters = Parameters::from_text(
      "subsection Domain\n set Radius = 2\n set Centre = 1, 2, 3\n end", "a.prm");
  try
  {
    parameters.per_axis("Domain", "Centre");
    FAIL();
  }
  catch (const InputError &error)
  {
    expect_words(error.what(), {"a.prm", "line 3", "Domain", "Centre = 1, 2, 3", "2"});
  }
}

TEST(Parameters, RangesAreExpandedAndEndExactly)
{
  const auto linear = Parameters::from_text(in_time("set Output times = lin(0, 0.3, 4)"));
  EXPECT_EQ(linear.numbers("Time", "Output times").size(), 4u);
  EXPECT_EQ(linear.numbers("Time", "Output times").back(), 0.3);
  const auto logarithmic = Parameters::from_text(in_time("set Output times = log(1e-2, 1, 3)"));
  EXPECT_NEAR(logarithmic.numbers("Time", "Output times")[1], 0.1, 1e-15);
}

TEST(Parameters, OutputTimes)
{
  const auto times = [](const std::string &lines) {
    return output_times(Parameters::from_text(in_time(lines), "a.prm"));
  };
  EXPECT_EQ(times("set End = 0.7").size(), 11u);
  EXPECT_EQ(times("set End = 0.7").back(), 0.7);
  EXPECT_EQ(times("set End = 0"), std::vector<double>{0});
  EXPECT_THROW(times("set Output times = 0, 1, 1"), InputError);
  EXPECT_THROW(times("set Output times = 0, 2"), InputError);
}

TEST(Parameters, UnknownNamesGetTheNearestOne)
{
  expect_refused("set Dimention = 2", {"a.prm", "line 1", "Dimention", "`Dimension`"});
  expect_refused("\nsubsection Tim\nend", {"a.prm", "line 2", "`Tim`", "`Time`"});
  expect_refused(in_time("\nset Tolerence = 1"), {"line 3", "section `Time`", "`Tolerance`"});
  expect_refused(in_time("set Loss = x"), {"line 2", "belongs to section `Landscape`"});
  expect_refused("set qwertyuiop = 2", {"line 1", "top level", "qwertyuiop"});
  expect_refused("subsection Noise\n set Kind = isotopic\nend",
                 {"line 2", "Noise", "Kind = isotopic", "loss-scaled", "`isotropic`"});
}

TEST(Parameters, NumbersThatAreNone)
{
  for (const std::string bad :
       {"1e-3x", "nan", "inf", "-inf", "1e400", "", "-1", "1,2", "0x10", "1 2"})
    expect_refused(in_time("set End = " + bad),
                   {"a.prm", "line 2", "`Time`", "End = " + bad, ">= 0"});
  for (const std::string bad : {"0", "1", "-1", "2"})
    expect_refused(in_time("set Tolerance = " + bad), {"a number > 0 and < 1"});
  for (const std::string bad : {"0", "1.5", "1e2", "3000000000", "x"})
    expect_refused("subsection Landscape\nset Radial dimension = " + bad + "\nend",
                   {"integer >= 1"});
}

TEST(Parameters, ListsWithHolesOrStrangers)
{
  expect_refused("subsection Output\nset Fields = rho, roh\nend", {"line 2", "rho", "ratio"});
  expect_refused("subsection Domain\nset Lower corner = 1,,2\nend", {"line 2", "commas"});
  expect_refused("subsection Domain\nset Periodic = x, w\nend", {"line 2", "x, y, z"});
  expect_refused(in_time("set Output times = log(0, 1, 3)"), {"line 2", "log(a, b, n)"});
  expect_refused(in_time("set Output times = lin(0, 1)"), {"line 2", "lin(a, b, n)"});
  expect_refused("subsection Domain\nset Kind = bax\nend", {"auto, box, ball or file", "`box`"});
  expect_refused("subsection Discretization\nset Degree = 7\nend", {"Degree = 7", "auto", "<= 6"});
}

TEST(Parameters, BrokenStructure)
{
  expect_refused("\n" + in_time("") + "subsection Noise\n", {"line 5", "`Noise`", "`end`"});
  expect_refused("end", {"line 1", "`end` without"});
  expect_refused("subsection Time\nsubsection Noise\nend\nend", {"line 2", "`end` is missing"});
  expect_refused(in_time("set End 3"), {"line 2", "set End 3", "`=`"});
  expect_refused("Dimension = 2", {"line 1", "Dimension = 2", "set Key = value"});
  expect_refused("include b.prm", {"line 1", "include b.prm", "--set"});
  expect_refused("subsection Landscape\nset Loss = {x|y}\nend", {"line 2", "braces"});
  expect_refused(in_time("set End = 1\nset End = 1"), {"line 3", "line 2", "Time/End"});
}

TEST(Parameters, WhatIsNotAParameterFile)
{
  const auto refused = [](const std::string &file) -> std::string {
    try
    {
      Parameters::from_file(file);
    }
    catch (const InputError &error)
    {
      return error.what();
    }
    return "";
  };
  expect_words(refused("no/such.prm"), {"no/such.prm", "no such file"});
  expect_words(refused("/"), {"folder"});
  const std::string junk = testing::TempDir() + "lowland_junk.prm";
  std::ofstream(junk) << "set Dimension" << '\0' << '\1';
  expect_words(refused(junk), {junk, "not a text file"});
  std::remove(junk.c_str());
}

TEST(Parameters, AssignmentsOverrideTheFile)
{
  const auto parameters =
      Parameters::from_text(in_time("set End = 2"), "a.prm", {"Time/End=3", "Dimension = 1"});
  EXPECT_EQ(parameters.number("Time", "End"), 3);
  EXPECT_EQ(parameters.integer("", "Dimension"), 1);
}

TEST(Parameters, AssignmentsGetTheSameChecks)
{
  const auto expect_refused_set = [](const std::string &assignment,
                                     const std::vector<std::string> &words) {
    SCOPED_TRACE(assignment);
    expect_words(refusal("", {assignment}), words);
  };
  expect_refused_set("Time/End=x", {"--set", "Time/End=x", ">= 0"});
  expect_refused_set("Time/Ed=1", {"--set", "`End`"});
  expect_refused_set("Tme/End=1", {"--set", "`Time`"});
  expect_refused_set("End=1", {"--set", "belongs to section `Time`"});
  expect_refused_set("Time/End", {"--set", "Section/Key=value"});
  expect_refused_set("Landscape/Loss=x#y", {"--set", "#"});
  expect_refused_set("Landscape/Loss={x}", {"--set", "braces"});
  expect_refused_set("Landscape/Loss=x\\", {"--set", "backslash"});
  expect_words(refusal("", {"Time/End=1", "Time/End=2"}), {"--set", "second time"});
}

TEST(Parameters, LaterErrorsNameTheLine)
{
  const auto parameters =
      Parameters::from_text(in_time("set End = 2"), "a.prm", {"Landscape/Loss=x+"});
  EXPECT_STREQ(parameters.error("Time", "End", "too late.").what(),
               "a.prm, line 2, section `Time`: End = 2: too late.");
  EXPECT_STREQ(parameters.error("Landscape", "Loss", "ends early.").what(),
               "--set \"Landscape/Loss=x+\": ends early.");
  expect_words(parameters.error("Noise", "Intensity", "too small.").what(),
               {"a.prm", "`Noise`", "Intensity = 1", "default"});
}

TEST(Parameters, EveryValueReadsBackTheSame)
{
  const auto parameters = Parameters::from_text(
      in_time("set End = 2.5e-7\nset Output times = lin(0, 1e-7, 3)"), "a.prm",
      {"Landscape/Loss=x^2 / 3 - -y", "Output/Fields=", "Initial density/Mean=1,2 ; 3,4"});
  const auto again = Parameters::from_text(parameters.every_value());
  for (const auto &row : parameter_table())
  {
    EXPECT_EQ(again.text(row.section, row.key), parameters.text(row.section, row.key)) << row.key;
    EXPECT_EQ(again.given(row.section, row.key), parameters.given(row.section, row.key)) << row.key;
  }
  EXPECT_EQ(again.every_value(), parameters.every_value());
}
