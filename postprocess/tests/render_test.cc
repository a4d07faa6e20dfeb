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
#include <map>
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
    std::string folder = path("run" + std::to_string(dimension));
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

// Of two pictures of one size.
int n_different(const Picture &a, const Picture &b)
{
  int n = 0;
  for (int y = 0; y < a.height(); ++y)
    for (int x = 0; x < a.width(); ++x)
      n += distance(a.at(x, y), b.at(x, y)) > 0.1;
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
  ASSERT_EQ(render(run(2) + " --size 1200x960 --output " + path("map.png")).status, 0);
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
  const auto outcome = render(run(2) + " --time all --size 1200x960 --output " + path("film.png"));
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

TEST_F(Render, dashboards_of_schedules_show_the_learning_rate)
{
  const std::string folder = run(2), request = folder + " --style dashboard --output ";
  ASSERT_EQ(render(request + path("constant.png")).status, 0);
  std::ofstream(folder + "/observables.csv")
      << "time [time],learning_rate [time],expected_loss [loss],l1_to_invariant [-]\n"
      << "0,0.1,1,1\n1,0.05,0.75,0.36788\n4,0.01,0.5,0.018316\n";
  ASSERT_EQ(render(request + path("falling.png")).status, 0);
  const Picture constant(path("constant.png")), falling(path("falling.png"));
  EXPECT_GT(n_different(falling, constant), 0.01 * constant.width() * constant.height())
      << "a third panel";
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
  expect_one_sentence(render(folder + " --field log10-rho"), 2,
                      "has not written the field log-rho");
  expect_one_sentence(render(folder + " --time 3"), 2, "nearest recorded time is 4");
  expect_one_sentence(render(folder + " --time soon"), 2, "neither a number nor all");
  expect_one_sentence(render(folder + " --style volume"), 2, "not for runs with dimension 2");
  expect_one_sentence(render(folder + " --size big"), 2, "1200x960");
  expect_one_sentence(render(folder + " --fie rho"), 2, "--fie");
  expect_one_sentence(render(""), 2, "run folder");
}

TEST(Titles, long_ones_are_broken_and_never_cut)
{
  const TextStyle style{20, black, true, Align::low, Align::high};
  const std::string text = "f = (x^2-1)^2 + y^2/2 + tilt*x, with tilt = 0.2";
  const double width = text_extent(text, style).x;
  EXPECT_EQ(lines_within(text, style, width), std::vector<std::string>{text});
  for (const double share : {0.6, 0.4, 0.3})
  {
    const auto lines = lines_within(text, style, share * width);
    EXPECT_GT(lines.size(), 1 / share);
    std::string all;
    for (const auto &line : lines)
    {
      all += (all.empty() ? "" : " ") + line;
      EXPECT_LE(text_extent(line, style).x, share * width);
    }
    EXPECT_EQ(all, text) << "broken at blanks only";
  }
  std::string all;
  for (const auto &line : lines_within("ρρρρ_one_very_long_word", style, 60))
  {
    all += line;
    EXPECT_LE(text_extent(line, style).x, 60);
  }
  EXPECT_EQ(all, "ρρρρ_one_very_long_word");
  EXPECT_LE(text_extent(text, fitting(text, style, 0.5 * width)).x, 0.5 * width);
}

TEST_F(Render, unreadable_and_unwritable_files_are_named)
{
  expect_one_sentence(render(path("nowhere")), 2, "there is no folder");
  fs::create_directories(path("empty"));
  expect_one_sentence(render(path("empty")), 2, "has no density.pvd");
  const std::string folder = run(2);
  expect_one_sentence(render(folder + " --output " + path("no/such/map.png")), 4, "cannot write");
  std::ofstream(folder + "/fields/density_2.vtu") << "cut short";
  expect_one_sentence(render(folder), 4, "cannot read the fields");
  fs::remove(folder + "/fields/density_2.vtu");
  expect_one_sentence(render(folder), 4, "is missing");
}

TEST_F(Render, stopped_runs_are_drawn_and_named)
{
  const std::string folder = run(2);
  fs::remove(folder + "/summary.json");
  const auto outcome = render(folder);
  expect_one_sentence(outcome, 0, "was stopped or still goes on");
  EXPECT_TRUE(fs::exists(folder + "/rho.png"));
  fs::create_directories(path("early"));
  std::ofstream(path("early") + "/input.prm") << "set Dimension = 2\n";
  expect_one_sentence(render(path("early")), 4, "stopped before it wrote a field");
}

TEST_F(Render, committors_of_escape)
{
  const std::string folder = path("escape");
  test::write_escape(folder);
  ASSERT_EQ(render(folder).status, 0);
  // q grows with x on a scale from 0 to 1: dark on the left, bright on the right; the other way round back.
  const auto is_brighter_on_the_right = [](const std::string &file) {
    const Picture picture(file);
    const int y = picture.height() / 2, left = picture.width() / 4, right = picture.width() / 2;
    return picture.at(right, y)[1] > picture.at(left, y)[1];
  };
  EXPECT_TRUE(is_brighter_on_the_right(folder + "/committor.png"));
  ASSERT_EQ(render(folder + " --field committor-1-others").status, 0);
  EXPECT_FALSE(is_brighter_on_the_right(folder + "/committor-1-others.png"));
  EXPECT_EQ(render(folder + " --field current").status, 0);
  ASSERT_EQ(render(folder + " --field current-1-others").status, 0);
  EXPECT_TRUE(fs::exists(folder + "/current-1-others.png"));
  expect_one_sentence(render(folder + " --field current-2-1"), 2, "there are 1-2, 1-others");
  expect_one_sentence(render(run(2) + " --field current-1-2"), 2,
                      "has not written the field current-1-2");
  expect_one_sentence(render(folder + " --field committor-2-1"), 2, "there are 1-2, 1-others");
  expect_one_sentence(render(folder + " --time 3"), 2, "has no times");
  expect_one_sentence(render(folder + " --field rho"), 2, "has not written the field rho");
  expect_one_sentence(render(folder + " --style dashboard"), 2, "has no dashboard");
}

TEST_F(Render, mean_exit_time)
{
  const std::string folder = path("exit");
  test::write_exit_time(folder);
  ASSERT_EQ(render(folder).status, 0);
  EXPECT_TRUE(fs::exists(folder + "/exit-time.png"));
  expect_one_sentence(render(folder + " --field committor-1-2"), 2, "there are exit-time");
  const std::string both = path("both");
  test::write_escape(both);
  expect_one_sentence(render(both + " --field exit-time"), 2, "there are 1-2, 1-others");
  test::write_exit_time(both);
  ASSERT_EQ(render(both + " --field exit-time").status, 0);
  ASSERT_EQ(render(both + " --field committor --time all").status, 0);
  EXPECT_TRUE(fs::exists(both + "/committor_0001.png"));
  EXPECT_FALSE(fs::exists(both + "/committor_0002.png"));
}

TEST_F(Render, mesh_and_arrows_on_demand)
{
  const std::string folder = run(2);
  const auto draw = [&](const std::string &options, const std::string &name) {
    const auto outcome = render(folder + options + " --size 800x640 --output " + path(name));
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
    return Picture(path(name));
  };
  const Picture plain = draw("", "plain.png");
  for (const std::string option : {"--mesh", "--arrows"})
  {
    const int n = n_different(draw(" " + option, "overlay.png"), plain);
    EXPECT_GT(n, 500) << option;
    EXPECT_LT(n, 800 * 640 / 20) << option;
  }
  expect_one_sentence(render(folder + " --style surface --mesh"), 2, "for maps");
}

TEST_F(Render, runs_of_other_dimensions_side_by_side)
{
  for (const int dimension : {1, 3})
  {
    const std::string folder = run(dimension);
    const auto outcome =
        render("compare " + folder + " " + folder + " --output " + path("both.png"));
    ASSERT_EQ(outcome.status, 0) << outcome.errors;
    const Picture picture(path("both.png"));
    EXPECT_GT(picture.width() * picture.height() - n_pixels_like(picture, white), 10000);
  }
  expect_one_sentence(render("compare " + run(1) + " " + run(2)), 2, "cannot stand side by side");
}

TEST_F(Render, film_has_a_frame_a_time)
{
  const auto outcome = render(run(2) + " --film --size 320x240 --output " + path("film.png"));
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  for (const char *frame : {"film_0000.png", "film_0001.png", "film_0002.png"})
    EXPECT_TRUE(fs::exists(path(frame))) << frame;
  const bool has_ffmpeg = std::system("ffmpeg -version > /dev/null 2>&1") == 0;
  EXPECT_EQ(fs::exists(path("film.mp4")), has_ffmpeg);
  EXPECT_EQ(outcome.errors.find("apt install ffmpeg") != std::string::npos, !has_ffmpeg);
}

// Fonts and drivers move a few pixels; a changed layout, scale or colour moves many.
TEST_F(Render, pictures_look_as_they_did)
{
  const std::map<std::string, std::string> pictures = {
      {"map", run(2) + " --time 4"}, {"curves", run(1)}, {"shells", run(3) + " --time 4"}};
  for (const auto &[name, request] : pictures)
  {
    const auto outcome = render(request + " --size 480x400 --output " + path(name + ".png"));
    ASSERT_EQ(outcome.status, 0) << outcome.errors;
    const std::string expected = LOWLAND_GOLDEN "/" + name + ".png";
    if (std::getenv("LOWLAND_UPDATE_GOLDEN")) // after a change that is wanted and was looked at
      fs::copy_file(path(name + ".png"), expected, fs::copy_options::overwrite_existing);
    const Picture now(path(name + ".png")), golden(expected);
    ASSERT_EQ(now.width(), golden.width());
    ASSERT_EQ(now.height(), golden.height());
    EXPECT_LT(n_different(now, golden), 0.02 * now.width() * now.height()) << name;
  }
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
