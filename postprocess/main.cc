// lowland-render: turns run folders into pictures. Options and exit statuses; nothing else.
#include "display.h"
#include "input/errors.h"
#include "pictures.h"

#include <boost/program_options.hpp>
#include <vtkObject.h>

#include <filesystem>
#include <iostream>

namespace
{
using namespace lowland;
namespace po = boost::program_options;
namespace fs = std::filesystem;

po::options_description visible_options()
{
  po::options_description options("Options");
  options.add_options()                                                                      //
    ("field", po::value<std::string>()->default_value("rho"),                                //
     "rho, log-rho, ratio, loss or current")                                                 //
    ("time", po::value<std::string>(), "a recorded time, or all; the last one if not given") //
    ("style", po::value<std::string>(), "map, surface, curve, volume or dashboard")          //
    ("size", po::value<std::string>()->default_value("1200x960"), "pixels, as WxH")          //
    ("output", po::value<std::string>(), "the picture's file (.png)")                        //
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

std::vector<std::size_t> chosen_times(const RunFolder &run, const po::variables_map &options)
{
  const std::size_t n = run.times().size();
  const std::string time = options.count("time") ? options["time"].as<std::string>() : "";
  if (time != "all" && !options.count("film"))
    return {time.empty() ? n - 1 : run.index_of(read_time(time))};
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < n; ++i)
    all.push_back(i);
  return all;
}

// rho.png, or rho_0000.png, rho_0001.png, ... where there are several.
std::vector<std::string> picture_files(const fs::path &first, std::size_t n)
{
  if (n == 1)
    return {first};
  std::vector<std::string> files;
  for (std::size_t i = 0; i < n; ++i)
  {
    char number[16];
    std::snprintf(number, sizeof number, "_%04zu", i);
    files.push_back(first.parent_path() / (first.stem().string() + number + ".png"));
  }
  return files;
}

void render(const std::string &folder, const po::variables_map &options)
{
  PictureRequest request;
  request.field = options["field"].as<std::string>();
  field_named(request.field);
  read_size(options["size"].as<std::string>(), request);
  const RunFolder run(folder);
  request.indices = chosen_times(run, options);
  const fs::path output = options.count("output") ? fs::path(options["output"].as<std::string>())
                                                  : fs::path(folder) / (request.field + ".png");
  const auto files = picture_files(output, request.indices.size());
  const Display display;
  write_maps(run, request, files);
  for (const auto &file : files)
    std::cout << file << '\n';
}

int run_program(int argc, char **argv)
{
  const po::variables_map options = parse(argc, argv);
  if (options.count("help"))
  {
    std::cout << "Usage: lowland-render DIR [options]\n" << visible_options();
    return exit_done;
  }
  if (!options.count("words"))
    throw InputError("which run folder? Usage: lowland-render DIR [options]");
  render(options["words"].as<std::vector<std::string>>().front(), options);
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
