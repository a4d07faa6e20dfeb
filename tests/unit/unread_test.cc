// Keys that the chosen kind does not read, from the last column of the table.
#include "input/unread.h"

#include "input/allowed.h"
#include "input/parameter_reader.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace lowland;

namespace
{
Parameters with(const std::vector<std::string> &assignments)
{
  return Parameters::from_text("", "a.prm", assignments);
}

std::string refusal(const Parameters &parameters)
{
  try
  {
    refuse_unread(parameters, "Domain", {"Centre", "Radius"});
  }
  catch (const InputError &error)
  {
    return error.what();
  }
  return "";
}
} // namespace

// Each condition names a key of the same section, and a value that this key may have.
TEST(Unread, TheConditionsOfTheTableCanBeMet)
{
  for (const ParameterRow &row : parameter_table())
    if (!row.read_with.empty())
    {
      SCOPED_TRACE(row.section + "/" + row.key + ": " + row.read_with);
      const auto equals = row.read_with.find(" = ");
      ASSERT_NE(equals, std::string::npos);
      const std::string first =
          row.read_with.substr(equals + 3, row.read_with.find(" |", equals) - equals - 3);
      const ParameterRow *const other = find_row({row.section, row.read_with.substr(0, equals)});
      ASSERT_NE(other, nullptr);
      EXPECT_TRUE(is_allowed(first, other->pattern)) << first;
      EXPECT_TRUE(
          is_read(with({row.section + "/" + other->key + "=" + first}), row.section, row.key));
    }
}

TEST(Unread, WhatTheKindDoesNotReadIsNamedWithWhatWouldReadIt)
{
  EXPECT_TRUE(unread_keys(with({})).empty());
  EXPECT_TRUE(unread_keys(with({"Domain/Kind=ball", "Domain/Radius=2"})).empty());
  EXPECT_TRUE(unread_keys(with({"Domain/Kind=box", "Domain/Radius=1"})).empty()) << "the default";
  EXPECT_EQ(unread_keys(with({"Domain/Kind=box", "Domain/Radius=2"})),
            std::vector<std::string>{"Domain/Radius = 2 is ignored: it means nothing with Kind = "
                                     "box; it needs Kind = ball"});
  EXPECT_EQ(refusal(with({"Domain/Kind=box", "Domain/Radius=2"})),
            "--set \"Domain/Radius=2\": means nothing with Kind = box; it needs Kind = ball");
  EXPECT_EQ(refusal(with({"Domain/Kind=ball", "Domain/Radius=2"})), "");
}

TEST(Unread, ASumReadsWhatOneOfItsTermsReads)
{
  EXPECT_TRUE(is_read(with({"Noise/Kind=isotropic + minibatch"}), "Noise", "Batch size"));
  EXPECT_FALSE(is_read(with({"Noise/Kind=isotropic + tensor"}), "Noise", "Batch size"));
}
