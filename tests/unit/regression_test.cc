// Regressions: f, its derivatives and the moments of the samples' gradients against closed forms, and
// every way in which data can be unusable.
#include "model/landscape/regression.h"
#include "model/model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <unistd.h>

using namespace lowland;

namespace
{
Points one_point(const std::vector<double> &theta)
{
  Points points(theta.size(), 1);
  for (std::size_t i = 0; i < theta.size(); ++i)
    points.x[i][0] = theta[i];
  return points;
}

/// X = (1,0), (0,2), (1,1), (2,-1), y = 1, 0, 2, 1.
Regression four_samples()
{
  NumberTable data;
  data.names = {"u", "v", "target"};
  data.columns = {{1, 0, 1, 2}, {0, 2, 1, -1}, {1, 0, 2, 1}};
  return Regression(2, "x*u + y*v", {}, data, "target");
}

/// Writes a file in the test's folder and removes it at the end.
struct TemporaryFile
{
  explicit TemporaryFile(const std::string &text) { std::ofstream(name) << text; }
  ~TemporaryFile() { std::remove(name.c_str()); }
  const std::string name =
      testing::TempDir() + "lowland_regression_" + std::to_string(getpid()) + ".csv";
};

std::string csv_error(const std::string &text)
{
  const TemporaryFile file(text);
  try
  {
    read_csv(file.name);
  }
  catch (const std::runtime_error &error)
  {
    return std::string(error.what()).substr(file.name.size());
  }
  return "no error";
}

bool has(const std::string &text, const std::string &words)
{
  return text.find(words) != std::string::npos;
}

std::string model_error(const std::string &data, const std::vector<std::string> &more)
{
  const TemporaryFile file(data);
  std::vector<std::string> all = {"Landscape/Kind=regression", "Landscape/Data=" + file.name};
  all.insert(all.end(), more.begin(), more.end());
  try
  {
    const Model model(Parameters::from_text("", "test", all));
  }
  catch (const InputError &error)
  {
    return error.what();
  }
  return "no error";
}
} // namespace

TEST(Regression, LinearModelHasItsClosedForm)
{
  const Regression regression = four_samples();
  const Points theta = one_point({1. / 2, 1. / 3});
  LandscapeValues f;
  regression.evaluate(theta, Derivatives::third, f);
  EXPECT_NEAR(f.loss[0], 13. / 48, 1e-15);
  EXPECT_NEAR(f.hessian[packed(0, 0)][0], 3. / 2, 1e-15);
  EXPECT_NEAR(f.hessian[packed(0, 1)][0], -1. / 4, 1e-15);
  EXPECT_NEAR(f.hessian[packed(1, 1)][0], 3. / 2, 1e-15);
  for (const auto &third : f.third)
    EXPECT_EQ(third[0], 0);
  GradientMoments moments;
  regression.gradient_moments(theta, true, moments);
  for (unsigned int k = 0; k < 3; ++k)
    EXPECT_NEAR(moments.fisher.tensor[k][0], f.hessian[k][0], 1e-15);
  EXPECT_NEAR(moments.covariance.tensor[packed(0, 0)][0], 25. / 144, 1e-15);
  EXPECT_NEAR(moments.covariance.tensor[packed(0, 1)][0], 103. / 288, 1e-15);
  EXPECT_NEAR(moments.covariance.tensor[packed(1, 1)][0], 51. / 64, 1e-15);
}

TEST(Regression, DerivativesAreThoseOfTheLossWrittenOut)
{
  NumberTable data;
  data.names = {"t", "u"};
  data.columns = {{0.3, -0.8, 0.1}, {1, -2, 0.5}};
  const Regression regression(3, "x*tanh(y*u+k*z)", {{"k", 2}}, data, "t", 0.25);
  const Landscape written(3, "((x*tanh(y+2*z)-0.3)^2 + (x*tanh(-2*y+2*z)+0.8)^2 + "
                             "(x*tanh(y/2+2*z)-0.1)^2)/6 + 0.25");
  Points points(3, 150); // more than two blocks
  for (std::size_t q = 0; q < points.size(); ++q)
    for (unsigned int i = 0; i < 3; ++i)
      points.x[i][q] = std::sin(1.0 + q * (i + 1));
  LandscapeValues a, b;
  regression.evaluate(points, Derivatives::third, a);
  written.evaluate(points, Derivatives::third, b);
  for (std::size_t q = 0; q < points.size(); ++q)
  {
    EXPECT_NEAR(a.loss[q], b.loss[q], 1e-13);
    for (unsigned int k = 0; k < 3; ++k)
      EXPECT_NEAR(a.gradient[k][q], b.gradient[k][q], 1e-13);
    for (unsigned int k = 0; k < 6; ++k)
      EXPECT_NEAR(a.hessian[k][q], b.hessian[k][q], 1e-12);
    for (unsigned int k = 0; k < 10; ++k)
      EXPECT_NEAR(a.third[k][q], b.third[k][q], 1e-11);
  }
}

TEST(Regression, DataMayBeQuoted)
{
  const TemporaryFile file("\xEF\xBB\xBF\"u\",\"the \"\"target\"\"\"\r\n\"1.5\",-2e3\r\n\r\n3,4");
  const NumberTable table = read_csv(file.name);
  EXPECT_EQ(table.names, (std::vector<std::string>{"u", "the \"target\""}));
  EXPECT_EQ(table.columns, (std::vector<std::vector<double>>{{1.5, 3}, {-2000, 4}}));
}

TEST(Regression, UnusableDataAreErrors)
{
  EXPECT_TRUE(has(csv_error("u,target\n1,2\n3\n"), ", line 3: has 1 values"));
  EXPECT_TRUE(has(csv_error("u,target\n1,2\n3,4,5\n"), ", line 3: has 3 values"));
  EXPECT_TRUE(
      has(csv_error("u,target\n1,\n"), ", line 2: a value is missing in the column `target`"));
  EXPECT_TRUE(has(csv_error("u,target\n1,two\n"), "`two` in the column `target` is not a finite"));
  EXPECT_TRUE(has(csv_error("u,target\n1,nan\n"), "not a finite number"));
  EXPECT_TRUE(has(csv_error("u,target\n1,\"2\n3,4\n"), "quotes that do not balance"));
  EXPECT_TRUE(has(csv_error("u,target\n1,2\"3\n"), "line 2: quotes"));
  EXPECT_TRUE(has(csv_error("u,u\n1,2\n"), "names the column `u` twice"));
  EXPECT_TRUE(has(csv_error("u,target\n"), "no data"));
  EXPECT_THROW(read_csv("no such file.csv"), std::runtime_error);
}

TEST(Regression, UnusableModelsAreErrors)
{
  const std::string data = "u,target\n1,2\n2,1\n3,1\n";
  const std::string model = "Landscape/Model=x*u+y";
  EXPECT_EQ(model_error(data, {model}), "no error");
  EXPECT_TRUE(has(model_error(data, {"Landscape/Model=x*v+y"}), "'v'"));
  EXPECT_TRUE(has(model_error(data, {model, "Landscape/Target=targt"}), "Did you mean `target`"));
  EXPECT_TRUE(has(model_error("x,target\n1,2\n", {model}), "column `x`"));
  EXPECT_TRUE(has(model_error(data, {model, "Landscape/Constants=u=1"}), "constant and a column"));
  EXPECT_TRUE(has(model_error(data, {model, "Noise/Kind=minibatch", "Noise/Intensity=2"}),
                  "which the data determine"));
  EXPECT_TRUE(has(model_error(data, {model, "Noise/Kind=minibatch", "Noise/Batch size=3",
                                     "Noise/With replacement=false"}),
                  "below the number of samples, 3"));
  EXPECT_TRUE(has(model_error(data, {model, "Noise/Batch size=3"}), "needs Kind = minibatch"));
  EXPECT_TRUE(has(model_error(data, {model, "Landscape/Loss=x^2"}), "needs Kind = expression"));
}

TEST(Regression, MinibatchesWithoutReplacementAreQuieter)
{
  const TemporaryFile file("u,target\n1,2\n2,1\n3,1\n-1,0\n");
  const auto tensor = [&](const std::string &replacement) {
    const Model model(Parameters::from_text(
        "", "test",
        {"Landscape/Kind=regression", "Landscape/Data=" + file.name, "Landscape/Model=x*u+y",
         "Noise/Kind=minibatch", "Noise/Batch size=2", "Noise/With replacement=" + replacement}));
    ModelValues values;
    model.evaluate(one_point({0.3, -0.2}), values);
    return values.diffusion.tensor[packed(0, 1)][0];
  };
  EXPECT_NEAR(tensor("false"), tensor("true") * (4 - 2) / (4 - 1), 1e-15);
}
