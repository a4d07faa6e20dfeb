// Every noise: div D is the divergence of D, D is what the reference says, and what cannot be is an
// error.
#include "model/equilibrium/detailed_balance.h"
#include "model/noise/noise.h"
#include "model/noise/schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

using namespace lowland;

namespace
{
using Assignments = std::vector<std::string>;

Parameters parameters(const Assignments &assignments)
{
  return Parameters::from_text("", "test", assignments);
}

Points random_points(unsigned int dimension, std::size_t n)
{
  std::mt19937 generator(3);
  std::uniform_real_distribution<double> uniform(-1.5, 1.5);
  Points points(dimension, n);
  for (auto &coordinate : points.x)
    for (double &x : coordinate)
      x = uniform(generator);
  return points;
}

DiffusionValues evaluate(const Model &model, const Points &points)
{
  ModelValues values;
  model.evaluate(points, values);
  return values.diffusion;
}

/// Differences of fourth order. Where a kink of D lies between their points they say nothing: at most
/// `kinks` points may disagree.
void expect_divergence_of_tensor(const Assignments &assignments, unsigned int kinks = 0)
{
  const Model model(parameters(assignments));
  const unsigned int d = model.dimension();
  const Points points = random_points(d, 200);
  const DiffusionValues exact = evaluate(model, points);
  Components sum(d, std::vector<double>(points.size(), 0.0));
  const double h = 1e-3;
  for (unsigned int j = 0; j < d; ++j)
    for (const auto &[shift, weight] : {std::pair{-2, 1.}, {-1, -8.}, {1, 8.}, {2, -1.}})
    {
      Points moved = points;
      for (double &x : moved.x[j])
        x += shift * h;
      const DiffusionValues there = evaluate(model, moved);
      for (unsigned int i = 0; i < d; ++i)
        for (std::size_t q = 0; q < points.size(); ++q)
          sum[i][q] += weight * there.tensor[packed(i, j)][q] / (12 * h);
    }
  unsigned int disagree = 0;
  for (std::size_t q = 0; q < points.size(); ++q)
    for (unsigned int i = 0; i < d; ++i)
      disagree += !(std::abs(sum[i][q] - exact.divergence[i][q]) <=
                    1e-6 * (1 + std::abs(exact.divergence[i][q])));
  EXPECT_LE(disagree, kinks) << assignments.back();
}

std::string message_of(const Assignments &assignments)
{
  try
  {
    const Model model(parameters(assignments));
  }
  catch (const InputError &error)
  {
    return error.what();
  }
  return "no error";
}

bool has(const std::string &text, const std::string &words)
{
  return text.find(words) != std::string::npos;
}
} // namespace

TEST(Noise, DivergenceIsThatOfTheTensor)
{
  for (const std::string kind : {"isotropic", "loss-scaled", "hessian", "loss-scaled hessian"})
    for (const std::string dimension : {"1", "2", "3"})
      for (const std::string loss : {"double-well", "student", "ring"})
        expect_divergence_of_tensor({"Dimension=" + dimension, "Landscape/Kind=" + loss,
                                     "Noise/Intensity=3", "Noise/Kind=" + kind},
                                    kind.find("hessian") == std::string::npos ? 0 : 12);
  expect_divergence_of_tensor(
      {"Landscape/Loss=x^2+y^2", "Noise/Kind=tensor", "Noise/Tensor=1+x^2; x*y; exp(y)"});
  expect_divergence_of_tensor({"Dimension=3", "Landscape/Loss=x^2+y^2+z^2", "Noise/Kind=tensor",
                               "Noise/Tensor=zz = 3+sin(x*z); xx=2; yx = x*y*z; yy=3; xz=z"});
}

TEST(Noise, DivergenceOfNoiseFromDataIsThatOfTheTensor)
{
  for (const std::string kind : {"fisher", "label-noise", "minibatch", "minibatch + isotropic"})
    for (const std::string dimension : {"2", "3"})
      expect_divergence_of_tensor(
          {"Dimension=" + dimension, "Landscape/Kind=regression",
           "Landscape/Data=" LOWLAND_SOURCE_DIR "/params/data/neuron.csv",
           "Landscape/Model=x*tanh(y*u" + std::string(dimension == "3" ? "+z)" : ")"),
           "Noise/Kind=" + kind});
}

TEST(Noise, HessianNoiseHasThePositivePart)
{
  // The Hessian of x^2/2 - y^2 + z^3/6 + x y is [1 1 0; 1 -2 0; 0 0 z].
  const Model model(
      parameters({"Dimension=3", "Landscape/Loss=x^2/2 - y^2 + z^3/6 + x*y", "Noise/Kind=hessian",
                  "Noise/Learning rate=0.5", "Noise/Intensity=2"}));
  Points points(3, 2);
  points.x[2] = {0.7, -0.7};
  const DiffusionValues d = evaluate(model, points);
  const double lambda = (-1 + std::sqrt(13.0)) / 2; // its eigenvector is (1, lambda-1)
  const double norm = 1 + (lambda - 1) * (lambda - 1);
  for (unsigned int q = 0; q < 2; ++q)
  {
    EXPECT_NEAR(d.tensor[packed(0, 0)][q], lambda / norm, 1e-14);
    EXPECT_NEAR(d.tensor[packed(0, 1)][q], lambda * (lambda - 1) / norm, 1e-14);
    EXPECT_NEAR(d.tensor[packed(1, 1)][q], lambda * (lambda - 1) * (lambda - 1) / norm, 1e-14);
    EXPECT_NEAR(d.tensor[packed(2, 2)][q], q == 0 ? 0.7 : 0, 1e-14);
    EXPECT_NEAR(d.divergence[2][q], q == 0 ? 1 : 0, 1e-14);
  }
}

TEST(Noise, SumsAddUp)
{
  const Assignments common = {"Landscape/Loss=1+x^2+y^4/4", "Noise/Learning rate=0.5"};
  const auto with = [&](const std::string &kind, const std::string &intensity) {
    Assignments all = common;
    all.push_back("Noise/Kind=" + kind);
    all.push_back("Noise/Intensity=" + intensity);
    return evaluate(Model(parameters(all)), random_points(2, 5));
  };
  const auto a = with("loss-scaled", "0.5"), b = with("hessian", "3"),
             sum = with("loss-scaled + hessian", "0.5, 3");
  for (unsigned int q = 0; q < 5; ++q)
  {
    EXPECT_DOUBLE_EQ(sum.tensor[0][q], a.tensor[0][q] + b.tensor[0][q]);
    EXPECT_DOUBLE_EQ(sum.divergence[1][q], a.divergence[1][q] + b.divergence[1][q]);
  }
}

TEST(Noise, FormulasMayNameConstantsAndTheLearningRate)
{
  const Model model(parameters({"Landscape/Loss=a*x^2+y^2", "Landscape/Constants=a=3",
                                "Noise/Kind=tensor", "Noise/Learning rate=0.2", "Noise/Intensity=5",
                                "Noise/Tensor=a; 0; eta*sigma*7"}));
  const auto d = evaluate(model, random_points(2, 1));
  EXPECT_DOUBLE_EQ(d.tensor[packed(0, 0)][0], 3);
  EXPECT_DOUBLE_EQ(d.tensor[packed(1, 1)][0], 7);
}

TEST(Noise, WhatCannotBeIsAnError)
{
  const Assignments tensor = {"Landscape/Loss=x^2+y^2", "Noise/Kind=tensor"};
  const auto message = [&](const std::string &more) {
    Assignments all = tensor;
    all.push_back(more);
    return message_of(all);
  };
  EXPECT_TRUE(has(message("Noise/Tensor=1; 2"), "wants 3 formulas"));
  EXPECT_TRUE(has(message("Noise/Tensor=xx = 1; yz = 2"), "`yz` is not an entry"));
  EXPECT_TRUE(has(message("Noise/Tensor=xy = 1; yx = 2"), "yx twice"));
  EXPECT_TRUE(has(message("Noise/Tensor=xx = 1; y"), "`y` is not an entry"));
  EXPECT_TRUE(has(message("Noise/Tensor=1; foo; 2"), "foo"));
  EXPECT_TRUE(has(message_of({"Landscape/Loss=x^2", "Noise/Tensor=1;0;1"}), "needs Kind = tensor"));
  EXPECT_TRUE(has(message_of({"Landscape/Loss=x^2", "Noise/Kind=tensor", "Noise/Tensor=1;0;1",
                              "Noise/Intensity=2"}),
                  "do not name sigma"));
  EXPECT_TRUE(has(message_of({"Landscape/Loss=x^2", "Noise/Kind=isotropic + hessian",
                              "Noise/Intensity=2, 3, 4"}),
                  "that have an intensity: isotropic, hessian"));
}

TEST(DetailedBalance, IsFoundAndMissed)
{
  SearchRegion region;
  region.lower.fill(-1.5);
  region.upper.fill(1.5);
  const auto balance = [&](const Assignments &assignments) {
    return detailed_balance(Model(parameters(assignments)), region);
  };
  const std::string quadratic = "Landscape/Loss=x^2+x*y/2+y^2/2", tensor = "Noise/Kind=tensor";
  // [0.3 0.1; 0.1 0.1] commutes with the Hessian [2 0.5; 0.5 1], [0.3 0; 0 0.1] does not
  EXPECT_EQ(balance({quadratic, tensor, "Noise/Tensor=0.3; 0.1; 0.1"}), DetailedBalance::holds);
  EXPECT_EQ(balance({quadratic, tensor, "Noise/Tensor=0.3; 0; 0.1"}), DetailedBalance::fails);
  EXPECT_EQ(balance({quadratic, tensor, "Noise/Tensor=1; 1; 1"}), DetailedBalance::undefined);
  EXPECT_EQ(balance({quadratic, "Noise/Kind=hessian"}), DetailedBalance::holds);
  EXPECT_EQ(balance({"Landscape/Kind=student", "Noise/Kind=loss-scaled + isotropic"}),
            DetailedBalance::holds);
  EXPECT_EQ(balance({"Dimension=3", "Landscape/Kind=quadratic", tensor,
                     "Noise/Tensor=xx=1; yy=1; zz=2; xz=0.5"}),
            DetailedBalance::fails);
  EXPECT_EQ(balance({"Dimension=1", "Landscape/Loss=x^4", tensor, "Noise/Tensor=1+x^2"}),
            DetailedBalance::holds);
}

// On a circle every process has a potential here and there, but few have one that closes.
TEST(DetailedBalance, NeedsAPotentialThatClosesAroundAPeriod)
{
  SearchRegion circle;
  circle.upper[0] = 2 * M_PI;
  circle.periodic[0] = true;
  const auto balance = [&](const std::string &tensor) {
    return detailed_balance(
        Model(parameters({"Dimension=1", "Landscape/Loss=0.3*cos(x)-0.6*cos(2*x)",
                          "Noise/Kind=tensor", "Noise/Tensor=" + tensor})),
        circle);
  };
  EXPECT_EQ(balance("eta"), DetailedBalance::holds);
  EXPECT_EQ(balance("eta*(1+0.6*sin(x+0.5))"), DetailedBalance::fails);
  circle.periodic[0] = false;
  EXPECT_EQ(balance("eta*(1+0.6*sin(x+0.5))"), DetailedBalance::holds);
}

TEST(LearningRate, FollowsEachSchedule)
{
  const std::string section = "Learning rate schedule/";
  const auto schedule = [&](const Assignments &more) {
    Assignments all = {"Noise/Learning rate=0.4", "Time/End=10"};
    for (const auto &assignment : more)
      all.push_back(section + assignment);
    return LearningRate(parameters(all));
  };
  struct Row
  {
    Assignments assignments;
    double at_1, at_5, at_10, reference;
  };
  const std::vector<Row> rows = {
      {{"Kind=constant"}, 0.4, 0.4, 0.4, 0.4},
      {{"Kind=step", "Period=2.5", "Factor=0.5"}, 0.4, 0.1, 0.4 / 16, 0.4},
      {{"Kind=exponential", "Period=5", "Factor=0.5"}, 0.4 * std::exp2(-0.2), 0.2, 0.1, 0.4},
      {{"Kind=cosine", "Period=5", "Lowest learning rate=0.2"},
       0.3 + 0.1 * std::cos(M_PI / 5),
       0.2,
       0.2,
       0.4},
      {{"Kind=cosine"}, 0.2 + 0.2 * std::cos(M_PI / 10), 0.2, 0, 0.4},
      {{"Kind=warm-up", "Period=2"}, 0.2, 0.4, 0.4, 0.4},
      {{"Kind=cyclical", "Period=4", "Lowest learning rate=0.2"}, 0.3, 0.3, 0.4, 0.4},
      {{"Kind=table", "Table=0, 1; 2, 0.5; 2, 0.25; 8, 0"}, 0.75, 0.125, 0, 1}};
  for (const Row &row : rows)
  {
    SCOPED_TRACE(row.assignments.front());
    const LearningRate eta = schedule(row.assignments);
    EXPECT_NEAR(eta.relative(1) * eta.reference(), row.at_1, 1e-15);
    EXPECT_NEAR(eta.relative(5) * eta.reference(), row.at_5, 1e-15);
    EXPECT_NEAR(eta.relative(10) * eta.reference(), row.at_10, 1e-15);
    EXPECT_DOUBLE_EQ(eta.reference(), row.reference);
  }
  // On both sides of a jump the piece around a step's begin is the step's own.
  const LearningRate jump = schedule(rows.back().assignments);
  EXPECT_DOUBLE_EQ(jump.piece(1.9).value(2), 0.5);
  EXPECT_DOUBLE_EQ(jump.piece(2).value(2), 0.25);

  EXPECT_THROW(schedule({"Kind=table", "Table=1, 1; 2, 2"}), InputError);
  EXPECT_THROW(schedule({"Kind=table", "Table=0, 1; 2, 2; 1, 1"}), InputError);
  EXPECT_THROW(schedule({"Kind=table", "Table=0, 0; 2, 0"}), InputError);
  EXPECT_THROW(schedule({"Kind=table", "Table=0, 1, 2"}), InputError);
  EXPECT_THROW(schedule({"Kind=cosine", "Lowest learning rate=0.5"}), InputError);
  EXPECT_THROW(schedule({"Kind=step", "Period=1e-5"}), InputError);
  EXPECT_THROW(schedule({"Kind=constant", "Period=1"}), InputError);
}
