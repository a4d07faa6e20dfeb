// The command line: verbs and options, nothing else.
#include "discretization/algebra/libraries.h"
#include "discretization/algebra/linear_solver.h"
#include "input/nearest.h"
#include "input/parameters.h"
#include "input/rank_0.h"
#include "output/versions.h"
#include "tasks/evolution/interruption.h"
#include "tasks/guard.h"
#include "tasks/reference.h"
#include "tasks/sweep.h"
#include "tasks/tasks.h"

#include <deal.II/base/mpi.h>

#include <boost/program_options.hpp>

#include <petscsys.h>

#include <filesystem>
#include <iostream>
#include <sstream>

namespace lowland
{
namespace
{
namespace po = boost::program_options;
using Task = int (*)(const Parameters &, const RunOptions &);

const std::vector<std::pair<std::string, Task>> tasks = {{"evolve", evolve},
                                                         {"stationary", stationary},
                                                         {"spectrum", spectrum},
                                                         {"escape", escape},
                                                         {"check", check_model}};

bool is_rank_0()
{
  return dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) == 0;
}

po::options_description visible_options()
{
  po::options_description options("Options");
  options.add_options()("output", po::value<std::string>()->value_name("DIR"),
                        "the run folder (default: runs/NAME for NAME.prm)")(
      "set",
      po::value<std::vector<std::string>>()
          ->value_name("\"Section/Key=value\"")
          ->default_value({}, ""),
      "change a parameter; may be repeated")("overwrite", po::bool_switch(),
                                             "replace an old run folder")(
      "auto", po::bool_switch(),
      "evolve, resume: go on with an unfinished run; where there is none, start")(
      "wall-time", po::value<std::string>()->value_name("TIME"),
      "evolve, resume, sweep: stop in time with a checkpoint; minutes, or as for SLURM: M:S, "
      "H:M:S, "
      "D-H:M:S")("quiet", po::bool_switch(), "print only warnings and errors")(
      "petsc", po::value<std::string>()->value_name("\"...\""),
      "options for PETSc")("vary",
                           po::value<std::vector<std::string>>()
                               ->value_name("\"Section/Key=a, b, c\"")
                               ->default_value({}, ""),
                           "sweep: values, or lin(a, b, n), log(a, b, n); may be repeated")(
      "verb", po::value<std::string>()->value_name("VERB"), "sweep: the question to ask")(
      "case", po::value<int>()->value_name("N"), "sweep: run only this case, counted from 0")(
      "markdown", po::bool_switch(), "list: the same as Markdown tables")(
      "help,h", po::bool_switch(), "print this help")("version", po::bool_switch(),
                                                      "print the versions");
  return options;
}

std::string help()
{
  std::ostringstream text;
  text << "Lowland: where stochastic gradient descent settles, by its Fokker-Planck equation.\n\n"
          "  lowland evolve FILE       solve from the initial density to the end of the run\n"
          "  lowland stationary FILE   the invariant density\n"
          "  lowland spectrum FILE     the slowest relaxation modes and the spectral gap\n"
          "  lowland escape FILE       committors, rates and times from minimum to minimum\n"
          "  lowland resume DIR        go on with the evolution in a run folder from its "
          "checkpoint\n"
          "  lowland sweep FILE        one of these questions for many values of some keys\n"
          "  lowland check FILE        build everything, take no step, print sizes and warnings\n"
          "  lowland template          print a complete parameter file\n"
          "  lowland list              print all landscapes, noises and parameters\n\n"
          "  mpirun -np N lowland ...  the same on N ranks\n\n"
       << visible_options()
       << "\nevolve writes checkpoints at an interval (Checkpoint/Interval), and a last one before "
          "it stops: on\n"
          "SIGTERM, SIGINT or SIGUSR1, when a file named `stop` appears in the run folder, and "
          "shortly\n"
          "before --wall-time or the end of a SLURM job.\n"
          "\nExit status: 0 done, 2 bad input, 3 the solver failed, 4 input/output,\n"
          "5 stopped at a limit with a checkpoint written.\n";
  return text.str();
}

std::string versions()
{
  std::string text = "lowland " LOWLAND_VERSION ", revision " + source_revision() + "\n";
  for (const auto &[library, version] : library_versions())
    text += "  " + library + " " + version + "\n";
  return text;
}

InputError unknown_option(const std::string &option)
{
  const auto options = visible_options();
  std::vector<std::string> known;
  for (const auto &description : options.options())
    known.push_back("--" + description->long_name());
  return InputError("there is no option " + option + "." + did_you_mean(option, known) +
                    " See lowland --help.");
}

InputError unknown_verb(const std::string &verb)
{
  std::vector<std::string> known = {"resume", "sweep", "template", "list"};
  for (const auto &task : tasks)
    known.push_back(task.first);
  return InputError("there is no verb `" + verb + "`." + did_you_mean(verb, known) +
                    " See lowland --help.");
}

po::variables_map parse(int argc, char **argv)
{
  po::options_description all = visible_options();
  all.add_options()("words", po::value<std::vector<std::string>>()->default_value({}, ""));
  po::positional_options_description words;
  words.add("words", -1);
  using Style = po::command_line_style::style_t;
  po::variables_map options;
  try
  {
    po::store(po::command_line_parser(argc, argv)
                  .options(all)
                  .positional(words)
                  .style(Style::unix_style & ~Style::allow_guessing)
                  .run(),
              options);
  }
  catch (const po::unknown_option &error)
  {
    throw unknown_option(error.get_option_name());
  }
  catch (const po::error &error)
  {
    throw InputError(std::string(error.what()) + ". See lowland --help.");
  }
  return options;
}

RunOptions run_options(const po::variables_map &options, const std::string &file, int argc,
                       char **argv)
{
  RunOptions run;
  run.output = options.count("output") ? options["output"].as<std::string>()
                                       : "runs/" + std::filesystem::path(file).stem().string();
  if (run.output.empty())
    throw InputError("--output wants the name of a folder.");
  run.overwrite = options["overwrite"].as<bool>();
  run.quiet = options["quiet"].as<bool>();
  run.automatic = options["auto"].as<bool>();
  if (options.count("wall-time"))
    run.end_of_wall_time = MPI_Wtime() + parse_wall_time(options["wall-time"].as<std::string>());
  if (options.count("petsc"))
    run.petsc = options["petsc"].as<std::string>();
  for (int i = 0; i < argc; ++i)
    run.command_line += (i == 0 ? "" : " ") + std::string(argv[i]);
  return run;
}

void give_petsc_its_options(const std::string &text)
{
  // PETSc drops words that belong to no option without a word of its own.
  if (!set_petsc_options(text) || text.find_first_not_of(' ') != text.find('-'))
    throw InputError("--petsc \"" + text + "\": expected options like \"-ksp_type cg -ksp_view\".");
  if (!are_types_known(text))
    throw InputError("--petsc \"" + text + "\": PETSc knows no such -ksp_type or -pc_type.");
  PetscOptionsSetValue(nullptr, "-lowland_given", text.c_str()); // for summary.json
}

void warn_of_unused_petsc_options(const std::string &given)
{
  PetscInt n = 0;
  char **names = nullptr, **values = nullptr;
  PetscOptionsLeftGet(nullptr, &n, &names, &values);
  for (PetscInt i = 0; i < n && is_rank_0(); ++i)
    if (given.find(std::string("-") + names[i]) != std::string::npos)
      std::cerr << "lowland: warning: PETSc did not use the option -" << names[i] << "\n";
  PetscOptionsLeftRestore(nullptr, &n, &names, &values);
}

Task find_task(const std::string &verb)
{
  for (const auto &task : tasks)
    if (task.first == verb)
      return task.second;
  throw unknown_verb(verb);
}

/// The parameter file that the command line names.
SweptFile swept_file(const std::vector<std::string> &words, const po::variables_map &options)
{
  if (words.size() != 2)
    throw InputError("`" + words[0] + "` wants one parameter file: lowland " + words[0] + " FILE.");
  return {read_on_rank_0(MPI_COMM_WORLD, words[1], "a parameter file"), words[1],
          options["set"].as<std::vector<std::string>>()};
}

int run_sweep(const SweptFile &file, const po::variables_map &options, const RunOptions &run)
{
  Sweep plan;
  for (const std::string &text : options["vary"].as<std::vector<std::string>>())
    plan.variations.push_back(parse_variation(text));
  if (plan.variations.empty() || !options.count("verb"))
    throw InputError("`sweep` wants what to vary and what to ask: lowland sweep FILE --vary "
                     "\"Noise/Learning rate=0.05, 0.1\" --verb spectrum.");
  plan.verb = options["verb"].as<std::string>();
  plan.task = find_task(plan.verb);
  if (options.count("case"))
    plan.only_case = options["case"].as<int>();
  return sweep(file, plan, run);
}

void refuse_options_of_sweep(const po::variables_map &options)
{
  if (options.count("verb") || options.count("case") ||
      !options["vary"].as<std::vector<std::string>>().empty())
    throw InputError("--vary, --verb and --case are options of `sweep`. See lowland --help.");
}

void refuse_options_of_long_runs(const std::string &verb, const po::variables_map &options)
{
  const bool keeps_checkpoints = verb == "evolve" || verb == "resume";
  if (options["auto"].as<bool>() && !keeps_checkpoints)
    throw InputError("--auto is an option of `evolve` and `resume`. See lowland --help.");
  if (options["auto"].as<bool>() && options["overwrite"].as<bool>())
    throw InputError(
        "--auto goes on with the run that --overwrite would replace; give one of them.");
  if (options.count("wall-time") && !keeps_checkpoints && verb != "sweep")
    throw InputError(
        "--wall-time is an option of `evolve`, `resume` and `sweep`. See lowland --help.");
  if (verb == "resume" && (options.count("output") || options["overwrite"].as<bool>()))
    throw InputError(
        "`resume` goes on in the folder it is given; it has no --output or --overwrite.");
}

int run_resume(const std::vector<std::string> &words, const po::variables_map &options,
               RunOptions run)
{
  if (words.size() != 2)
    throw InputError("`resume` wants one run folder: lowland resume DIR.");
  run.output = words[1];
  return resume(options["set"].as<std::vector<std::string>>(), run);
}

/// A task, or a sweep of one, or the rest of one.
int run_verb(const std::vector<std::string> &words, const po::variables_map &options, int argc,
             char **argv)
{
  const bool is_sweep = words[0] == "sweep", is_resume = words[0] == "resume";
  const Task task = is_sweep || is_resume ? nullptr : find_task(words[0]);
  if (!is_sweep)
    refuse_options_of_sweep(options);
  refuse_options_of_long_runs(words[0], options);
  if (options.count("petsc"))
    give_petsc_its_options(options["petsc"].as<std::string>());
  const RunOptions run = run_options(options, words.size() > 1 ? words[1] : "", argc, argv);
  int status = exit_done;
  if (is_resume)
    status = run_resume(words, options, run);
  else
  {
    const SweptFile file = swept_file(words, options);
    status = is_sweep ? run_sweep(file, options, run)
                      : task(Parameters::from_text(file.text, file.name, file.assignments), run);
  }
  if (options.count("petsc"))
    warn_of_unused_petsc_options(options["petsc"].as<std::string>());
  return status;
}

int print(const std::string &text, int status = exit_done)
{
  if (is_rank_0())
    (status == exit_done ? std::cout : std::cerr) << text << std::flush;
  return status;
}

int print_reference(const std::vector<std::string> &words, bool markdown)
{
  if (words.size() != 1)
    throw InputError("`" + words[0] + "` wants no file.");
  std::ostringstream text;
  words[0] == "template" ? print_template(text)
  : markdown             ? print_markdown(text)
                         : print_list(text);
  return print(text.str());
}

int run(int argc, char **argv)
{
  const auto options = parse(argc, argv);
  const auto words = options["words"].as<std::vector<std::string>>();
  if (options["help"].as<bool>())
    return print(help());
  if (options["version"].as<bool>())
    return print(versions());
  if (words.empty())
    return print(help(), exit_bad_input);
  if (words[0] == "template" || words[0] == "list")
    return print_reference(words, options["markdown"].as<bool>());
  return run_verb(words, options, argc, argv);
}
} // namespace
} // namespace lowland

int main(int argc, char **argv)
{
  const lowland::Libraries libraries(argv[0]);
  return lowland::guarded([=]() { return lowland::run(argc, argv); });
}
