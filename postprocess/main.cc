// lowland-render: turns run folders into pictures. Options and exit statuses; nothing else.
#include "display.h"
#include "film.h"
#include "input/errors.h"
#include "pictures.h"

#include <boost/program_options.hpp>
#include <vtkObject.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <map>
#include <numeric>
#include <unistd.h>

namespace
{
using namespace lowland;
namespace po = boost::program_options;
namespace fs = std::filesystem;

constexpr const char *usage = "Usage: lowland-render DIR [options]\n"
                              "       lowland-render compare DIR1 DIR2 ... [options]\n"
                              "       lowland-render scaling DIR [options]\n";
constexpr std::size_t max_curves = 6;

po::options_description visible_options()
{
  po::options_description options("Options");
  options.add_options()                                         //
      ("field", po::value<std::string>()->default_value("rho"), //
       "rho, log-rho, ratio, loss, current; of a spectrum mode-N, of escape committor-A-B, "
       "current-A-B, exit-time")                                                               //
      ("time", po::value<std::string>(), "a recorded time, or all; the last one if not given") //
      ("style", po::value<std::string>(), "map, surface, curve, volume or dashboard")          //
      ("size", po::value<std::string>(), "pixels, as 1200x960")                                //
      ("output", po::value<std::string>(), "the picture's file (.png)")                        //
      ("mesh", "maps: the edges of the cells")                                                 //
      ("arrows", "maps: arrows along the current")                                             //
      ("film", "numbered frames of all times, and an MP4 where ffmpeg is installed")           //
      ("help", "this text");
  return options;
}

po::variables_map parse(int argc, char **argv)
{
  po::options_description all = visible_options();
  all.add_options()("words", po::value<std::vector<std::string>>());
  po::positional_options_description positions;
  positions.add("words", -1);
  using namespace po::command_line_style;
  po::variables_map values;
  po::store(po::command_line_parser(argc, argv)
                .options(all)
                .positional(positions)
                .style(unix_style & ~allow_guessing)
                .run(),
            values);
  return values;
}

void read_size(const std::string &text, PictureRequest &request)
{
  char x = 0, rest = 0;
  if (std::sscanf(text.c_str(), "%d%c%d%c", &request.width, &x, &request.height, &rest) != 3 ||
      x != 'x' || request.width < 320 || request.height < 240 || request.width > 8000 ||
      request.height > 8000)
    throw InputError("--size " + text + " is not of the form 1200x960, from 320x240 to 8000x8000.");
}

double read_time(const std::string &text)
{
  char *end = nullptr;
  const double time = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != 0)
    throw InputError("--time " + text + " is neither a number nor all.");
  return time;
}

std::string text_option(const po::variables_map &options, const std::string &name)
{
  return options.count(name) ? options[name].as<std::string>() : "";
}

// The times to draw; curves show several in one picture, so for them all is the default.
std::vector<std::size_t> chosen_times(const RunFolder &run, const po::variables_map &options,
                                      const std::string &style, const std::string &field)
{
  const std::size_t n = run.is_escape() ? run.n_committors() : run.times().size();
  const std::string time = text_option(options, "time");
  if (run.is_escape() && field == "exit-time")
    return {run.index_of_passage(field)};
  if (is_of_passage(field))
  {
    if (!run.is_escape())
      throw missing(field);
    return {run.index_of_passage(field.substr(field.find('-') + 1))};
  }
  if (!time.empty() && time != "all")
    return {run.index_of(read_time(time))};
  if (time.empty() && !options.count("film"))
    return run.is_escape()    ? std::vector<std::size_t>{0}
           : style == "curve" ? spread_times(run, max_curves)
                              : std::vector<std::size_t>{n - 1};
  std::vector<std::size_t> all(n);
  std::iota(all.begin(), all.end(), 0);
  return all;
}

std::string chosen_style(const po::variables_map &options, int dimension)
{
  static const std::map<std::string, std::vector<int>> dimensions = {
      {"curve", {1}}, {"map", {2}}, {"surface", {2}}, {"volume", {3}}, {"dashboard", {1, 2, 3}}};
  static const char *defaults[] = {"", "curve", "map", "volume"};
  std::string style = text_option(options, "style");
  if (style.empty())
    return defaults[dimension];
  const auto known = dimensions.find(style);
  if (known == dimensions.end())
    throw InputError("there is no style \"" + style +
                     "\"; the styles are map, surface, curve, volume and dashboard.");
  const auto &fitting = known->second;
  if (std::find(fitting.begin(), fitting.end(), dimension) == fitting.end())
    throw InputError("the style " + style + " is not for runs with dimension " +
                     std::to_string(dimension) + "; try " + defaults[dimension] + ".");
  return style;
}

// What is shown unless the user says otherwise: the density, of a run of escape the committor or, where the run asks for
// the way out alone, the mean exit time.
std::string field_for(const RunFolder &run, const po::variables_map &options)
{
  if (!run.is_escape() || !options["field"].defaulted())
    return text_option(options, "field");
  return run.n_committors() > 0 ? "committor" : "exit-time";
}

PictureRequest read_request(const po::variables_map &options, const std::string &style)
{
  PictureRequest request;
  request.field = text_option(options, "field");
  field_named(request.field);
  request.mesh = options.count("mesh");
  request.arrows = options.count("arrows");
  if ((request.mesh || request.arrows) && style != "map")
    throw InputError("--mesh and --arrows are for maps, not for the style " + style + ".");
  request.exact_size = options.count("size");
  if (style == "dashboard")
    request.width = 1600, request.height = 900;
  if (options.count("size"))
    read_size(text_option(options, "size"), request);
  return request;
}

// rho.png, or rho_0000.png, rho_0001.png, ... where there are several.
std::vector<std::string> picture_files(const fs::path &first, std::size_t n)
{
  if (n == 1)
    return {first};
  std::vector<std::string> files;
  for (std::size_t i = 0; i < n; ++i)
  {
    const std::string number = std::to_string(i);
    const std::string zeros(number.size() < 4 ? 4 - number.size() : 0, '0');
    files.push_back(first.parent_path() / (first.stem().string() + "_" + zeros + number + ".png"));
  }
  return files;
}

fs::path output_file(const po::variables_map &options, const fs::path &folder,
                     const std::string &name)
{
  fs::path file =
      options.count("output") ? fs::path(text_option(options, "output")) : folder / (name + ".png");
  if (file.extension() != ".png")
    throw InputError("--output " + file.string() + " must end in .png.");
  const fs::path parent = file.parent_path().empty() ? "." : file.parent_path();
  if (access(parent.c_str(), W_OK) != 0)
    throw OutputError("cannot write to the folder " + parent.string() + ".");
  return file;
}

void announce(const std::vector<std::string> &files)
{
  for (const auto &file : files)
    std::cout << file << '\n';
}

void render(const std::string &folder, const po::variables_map &options)
{
  const RunFolder run(folder);
  const std::string style = chosen_style(options, run.dimension());
  if (run.is_escape() && style == "dashboard")
    throw InputError(
        "a run of escape has no dashboard; its fields are committor, current and exit-time.");
  PictureRequest request = read_request(options, style);
  request.field = field_for(run, options);
  request.indices = chosen_times(run, options, style, request.field);
  const fs::path output =
      output_file(options, folder, style == "dashboard" ? style : request.field);
  const bool one_page =
      style == "dashboard" || (style == "curve" && !options.count("film") && !run.is_escape());
  const auto files = picture_files(output, one_page ? 1 : request.indices.size());
  const Display display;
  if (style == "dashboard")
    write_dashboard(run, request, files[0]);
  else if (one_page)
    write_curves(run, request, files[0]);
  else if (style == "curve")
    write_curve_frames(run, request, files);
  else if (style == "surface")
    write_surfaces(run, request, files);
  else if (style == "volume")
    write_volumes(run, request, files);
  else
    write_maps(run, request, files);
  announce(files);
  if (!run.is_finished())
    std::cerr << "lowland-render: " << folder
              << " has no summary.json: the run was stopped or still "
              << "goes on; drawn is what it has written, up to t = " << run.times().back() << ".\n";
  if (!options.count("film"))
    return;
  if (const std::string film = make_film(files); !film.empty())
    std::cout << film << '\n';
  else
    std::cerr << "lowland-render: no MP4 was made; `apt install ffmpeg` makes the frames a film.\n";
}

void compare(const std::vector<std::string> &folders, const po::variables_map &options)
{
  if (folders.size() < 2 || folders.size() > 6)
    throw InputError("compare takes two to six run folders.");
  const std::vector<RunFolder> runs(folders.begin(), folders.end());
  PictureRequest request = read_request(options, runs[0].dimension() == 2 ? "map" : "comparison");
  request.field = field_for(runs[0], options);
  if (!options.count("size"))
    request.width = 300 + 620 * static_cast<int>(runs.size()), request.height = 860;
  for (const auto &run : runs)
    request.indices.push_back(chosen_times(run, options, "map", request.field).back());
  const std::string file = output_file(options, ".", "compare-" + request.field).string();
  const Display display;
  write_comparison(runs, request, file);
  announce({file});
}

void draw_scaling(const std::string &folder, const po::variables_map &options)
{
  const PictureRequest request = read_request(options, "scaling");
  check_folder(folder);
  const std::string file = output_file(options, folder, "scaling").string();
  const Display display;
  write_scaling(folder, request, file);
  announce({file});
}

int run_program(int argc, char **argv)
{
  const po::variables_map options = parse(argc, argv);
  if (options.count("help"))
  {
    std::cout << usage << visible_options();
    return exit_done;
  }
  auto words = options.count("words") ? options["words"].as<std::vector<std::string>>()
                                      : std::vector<std::string>();
  if (!words.empty() && words.front() == "compare")
    compare({words.begin() + 1, words.end()}, options);
  else if (words.size() == 2 && words.front() == "scaling")
    draw_scaling(words.back(), options);
  else if (words.size() == 1)
    render(words.front(), options);
  else
    throw InputError("name one run folder, or compare and several, or scaling and one; --help "
                     "lists the options.");
  return exit_done;
}

int fail(const std::exception &error, int status)
{
  std::cerr << "lowland-render: " << error.what() << '\n';
  return status;
}
} // namespace

int main(int argc, char **argv)
{
  vtkObject::GlobalWarningDisplayOff(); // our own sentence instead of VTK's pages
  try
  {
    return run_program(argc, argv);
  }
  catch (const lowland::OutputError &error)
  {
    return fail(error, lowland::exit_output_failed);
  }
  catch (const std::exception &error) // bad options, InputError
  {
    return fail(error, lowland::exit_bad_input);
  }
}
