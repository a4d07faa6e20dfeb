// Pixels that mean something, and errors that say what is wrong.
#include "colours.h"
#include "page.h"
#include "synthetic_run.h"

#include <gtest/gtest.h>
#include <vtkImageData.h>
#include <vtkPNGReader.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace
{
using namespace lowland;
namespace fs = std::filesystem;

struct Outcome
{
  int status;
  std::string output, errors;
};

std::string contents(const fs::path &file)
{
  std::ifstream stream(file);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

// The folders of this test, removed at its end.
class Render : public ::testing::Test
{
protected:
  void SetUp() override
  {
    room_ = fs::temp_directory_path() / ("lowland-render-test-" + std::to_string(getpid()));
    fs::create_directories(room_);
  }
  void TearDown() override { fs::remove_all(room_); }

  std::string path(const std::string &name) const { return (room_ / name).string(); }

  // A run with the given dimension whose density ends at x = 0.75, a node of the mesh.
  std::string run(int dimension) const
  {
    const std::string folder = path("run" + std::to_string(dimension));
    test::write_run(folder, dimension, {0, 1, 4}, -1, 0.75);
    return folder;
  }

  Outcome render(const std::string &arguments) const
  {
    const std::string out = path("out.txt"), err = path("err.txt");
    const std::string command =
        std::string(LOWLAND_RENDER) + " " + arguments + " >" + out + " 2>" + err;
    const int status = std::system(command.c_str());
    return {WEXITSTATUS(status), contents(out), contents(err)};
  }

  fs::path room_;
};

class Picture
{
public:
  explicit Picture(const std::string &file)
  {
    reader_->SetFileName(file.c_str());
    reader_->Update();
  }
  int width() const { return reader_->GetOutput()->GetDimensions()[0]; }
  int height() const { return reader_->GetOutput()->GetDimensions()[1]; }

  Colour at(int x, int y) const
  {
    const auto *pixel =
        static_cast<unsigned char *>(reader_->GetOutput()->GetScalarPointer(x, y, 0));
    return {pixel[0] / 255., pixel[1] / 255., pixel[2] / 255.};
  }

private:
  vtkNew<vtkPNGReader> reader_;
};

double distance(const Colour &a, const Colour &b)
{
  return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

// The smallest box that holds all pixels of about this colour: left, right, bottom, top.
std::array<int, 4> extent_of(const Picture &picture, const Colour &colour, int right_end)
{
  std::array<int, 4> box{picture.width(), -1, picture.height(), -1};
  for (int y = 0; y < picture.height(); ++y)
    for (int x = 0; x < right_end; ++x)
      if (distance(picture.at(x, y), colour) < 0.02)
        box = {std::min(box[0], x), std::max(box[1], x), std::min(box[2], y), std::max(box[3], y)};
  return box;
}

int n_pixels_like(const Picture &picture, const Colour &colour, double tolerance = 0.05)
{
  int n = 0;
  for (int y = 0; y < picture.height(); ++y)
    for (int x = 0; x < picture.width(); ++x)
      n += distance(picture.at(x, y), colour) < tolerance;
  return n;
}

void expect_one_sentence(const Outcome &outcome, int status, const std::string &words)
{
  EXPECT_EQ(outcome.status, status);
  EXPECT_NE(outcome.errors.find(words), std::string::npos) << outcome.errors;
  EXPECT_EQ(std::count(outcome.errors.begin(), outcome.errors.end(), '\n'), 1) << outcome.errors;
}

TEST_F(Render, map_has_the_asked_size_and_says_where_it_is)
{
  const auto outcome = render(run(2) + " --size 800x600 --output " + path("map.png"));
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  EXPECT_EQ(outcome.output, path("map.png") + "\n");
  const Picture picture(path("map.png"));
  EXPECT_EQ(picture.width(), 800);
  EXPECT_EQ(picture.height(), 600);
}

TEST_F(Render, brightest_place_of_the_map_is_the_maximum)
{
  ASSERT_EQ(render(run(2) + " --output " + path("map.png")).status, 0);
  const Picture picture(path("map.png"));
  // The map is cropped symmetrically around the Gaussian: its brightest pixels surround the middle
  // of what is painted in the darkest colour.
  const int right_end = picture.width() * 79 / 100; // left of the colour bar
  const auto plot = extent_of(picture, colour_at(ColourMap::sequential, 0), right_end);
  const auto peak = extent_of(picture, colour_at(ColourMap::sequential, 1), right_end);
  ASSERT_GE(peak[1], 0) << "no pixel has the colour of the maximum";
  EXPECT_NEAR((peak[0] + peak[1]) / 2., (plot[0] + plot[1]) / 2., 4);
  EXPECT_NEAR((peak[2] + peak[3]) / 2., (plot[2] + plot[3]) / 2., 4);
}

TEST_F(Render, colour_bar_runs_through_the_whole_map_of_colours)
{
  ASSERT_EQ(render(run(2) + " --output " + path("map.png")).status, 0);
  const Picture picture(path("map.png"));
  // Somewhere right of the plot a column holds every colour in rising order.
  int best = 0;
  for (int x = picture.width() * 3 / 4; x < picture.width(); ++x)
  {
    int found = 0;
    for (int y = 0; y < picture.height() && found < 20; ++y)
      found +=
          distance(picture.at(x, y), colour_at(ColourMap::sequential, (found + 0.5) / 20)) < 0.03;
    best = std::max(best, found);
  }
  EXPECT_EQ(best, 20);
}

TEST_F(Render, all_times_share_one_scale)
{
  const auto outcome = render(run(2) + " --time all --output " + path("film.png"));
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  const Picture first(path("film_0000.png")), last(path("film_0002.png"));
  const Colour half = colour_at(ColourMap::sequential, 0.5);
  const int right_end = first.width() * 79 / 100;
  const auto before = extent_of(first, half, right_end), after = extent_of(last, half, right_end);
  EXPECT_LT(before[1], after[0]) << "the peak moves to the right in a fixed view";
  EXPECT_NEAR(before[1] - before[0], after[1] - after[0], 4);
}

TEST_F(Render, curves_shells_surface_and_dashboards_are_not_blank)
{
  const std::vector<std::string> requests = {run(1),
                                             run(3),
                                             run(2) + " --style surface",
                                             run(1) + " --style dashboard",
                                             run(2) + " --style dashboard",
                                             run(3) + " --style dashboard"};
  for (const auto &request : requests)
  {
    const auto outcome = render(request + " --output " + path("picture.png"));
    ASSERT_EQ(outcome.status, 0) << request << ": " << outcome.errors;
    const Picture picture(path("picture.png"));
    const int n = picture.width() * picture.height(), n_white = n_pixels_like(picture, white);
    EXPECT_GT(n - n_white, n / 100) << request;
    EXPECT_GT(n_white, n / 10) << request;
  }
}

TEST_F(Render, curve_peaks_stand_at_their_places)
{
  ASSERT_EQ(render(run(1) + " --time 4 --output " + path("curve.png")).status, 0);
  const Picture picture(path("curve.png"));
  const auto curve = extent_of(picture, colour_at(ColourMap::sequential, 0.35), picture.width());
  EXPECT_GT(curve[3] - curve[2], picture.height() / 2) << "the curve fills the panel";
}

TEST_F(Render, wrong_requests_are_bad_input)
{
  const std::string folder = run(2);
  expect_one_sentence(render(folder + " --field rhoo"), 2, "rho, log-rho, ratio, loss, current");
  expect_one_sentence(render(folder + " --field ratio"), 2, "has not written the field ratio");
  // its name in Output/Fields is known as well
  expect_one_sentence(render(folder + " --field log10-rho"), 2, "has not written the field log-rho");
  expect_one_sentence(render(folder + " --time 3"), 2, "nearest recorded time is 4");
  expect_one_sentence(render(folder + " --time soon"), 2, "neither a number nor all");
  expect_one_sentence(render(folder + " --style volume"), 2, "not for runs with dimension 2");
  expect_one_sentence(render(folder + " --size big"), 2, "1200x960");
  expect_one_sentence(render(folder + " --fie rho"), 2, "--fie");
  expect_one_sentence(render(""), 2, "run folder");
}

TEST(Titles, long_ones_are_broken_at_blanks)
{
  const TextStyle style{20, black, true, Align::low, Align::high};
  const std::string text = "f = (x^2-1)^2 + y^2/2 + tilt*x, with tilt = 0.2";
  const double width = text_extent(text, style).x;
  EXPECT_EQ(lines_within(text, style, width, 3), std::vector<std::string>{text});
  const auto lines = lines_within(text, style, 0.6 * width, 3);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0] + " " + lines[1], text);
  for (const auto &line : lines)
    EXPECT_LE(text_extent(line, style).x, 0.6 * width);
  const auto cut = lines_within(text, style, 0.3 * width, 2);
  ASSERT_EQ(cut.size(), 2u);
  EXPECT_NE(cut[1].find("…"), std::string::npos);
  EXPECT_EQ(lines_within("oneverylongword", style, 20, 3).size(), 1u);
}

TEST_F(Render, unreadable_and_unwritable_files_are_named)
{
  expect_one_sentence(render(path("nowhere")), 4, "is not a folder");
  fs::create_directories(path("empty"));
  expect_one_sentence(render(path("empty")), 4, "has no density.pvd");
  const std::string folder = run(2);
  expect_one_sentence(render(folder + " --output " + path("no/such/map.png")), 4, "cannot write");
  std::ofstream(folder + "/fields/density_2.vtu") << "cut short";
  expect_one_sentence(render(folder), 4, "cannot read the fields");
  fs::remove(folder + "/fields/density_2.vtu");
  expect_one_sentence(render(folder), 4, "is missing");
}

TEST_F(Render, words_may_be_missing)
{
  const std::string folder = run(2);
  fs::remove(folder + "/summary.json");
  fs::remove(folder + "/observables.csv");
  EXPECT_EQ(render(folder).status, 0);
  EXPECT_EQ(render(folder + " --style dashboard").status, 0);
  EXPECT_TRUE(fs::exists(folder + "/rho.png"));
  EXPECT_TRUE(fs::exists(folder + "/dashboard.png"));
}

TEST_F(Render, runs_stand_side_by_side)
{
  const std::string folder = run(2);
  const auto outcome = render("compare " + folder + " " + folder + " --output " + path("both.png"));
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  const Picture picture(path("both.png"));
  EXPECT_GT(n_pixels_like(picture, colour_at(ColourMap::sequential, 1), 0.02), 50);
  expect_one_sentence(render("compare " + folder), 2, "two to six");
}

TEST_F(Render, speed_up_of_two_tables)
{
  const std::string title = "ranks,cells,unknowns,seconds\n";
  std::ofstream(path("strong.csv")) << title << "1,64,4225,8\n2,64,4225,4.4\n4,64,4225,2.5\n";
  std::ofstream(path("weak.csv")) << title << "1,16,1089,2\n4,64,4225,2.5\n";
  const auto outcome = render("scaling " + room_.string());
  EXPECT_EQ(outcome.status, 0) << outcome.errors;
  EXPECT_EQ(Picture(path("scaling.png")).width(), 1200);
  std::ofstream(path("weak.csv")) << "ranks,seconds\n1,2\n";
  expect_one_sentence(render("scaling " + room_.string()), 2, "no column unknowns");
}

TEST_F(Render, works_without_a_display)
{
  const std::string folder = run(2);
  unsetenv("DISPLAY");
  EXPECT_EQ(render(folder).status, 0);
}
} // namespace
