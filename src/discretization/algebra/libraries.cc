#include "discretization/algebra/libraries.h"

#include <deal.II/base/mpi.h>

#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <malloc.h>
#include <petscsys.h>

namespace lowland
{
namespace
{
/// What OpenBLAS falls back on.
constexpr const char *oldest_kernels = "Prescott";
constexpr const char *override_variable = "OPENBLAS_CORETYPE";

/// A function of the BLAS the program runs with, which need not be the one it was linked to; null if it has none such.
template <typename Function>
Function *find(const char *name)
{
  return reinterpret_cast<Function *>(dlsym(RTLD_DEFAULT, name));
}

/// The best kernels this processor can run, by OpenBLAS' names; null where those of a Prescott are.
const char *best_kernels()
{
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    return "SKYLAKEX";
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return "HASWELL";
#endif
  return nullptr;
}

void choose_blas_kernels()
{
  const auto name_of_kernels = find<char *()>("openblas_get_corename");
  // OpenBLAS reads the variable when it is loaded, before main; these two make it look again.
  const auto forget = find<void()>("gotoblas_dynamic_quit");
  const auto choose = find<void()>("gotoblas_dynamic_init");
  const char *kernels = best_kernels();
  if (!name_of_kernels || !forget || !choose || !kernels || std::getenv(override_variable) ||
      std::strcmp(name_of_kernels(), oldest_kernels) != 0)
    return;
  setenv(override_variable, kernels, 0);
  forget();
  choose();
}

void return_freed_memory()
{
  // What glibc's own adaptation of its thresholds arrives at; smaller ones cost page faults.
  constexpr int largest_in_heap = 32 << 20;
  constexpr int most_blocks = 65536; // glibc's default
  mallopt(M_MMAP_MAX, most_blocks);
  mallopt(M_MMAP_THRESHOLD, largest_in_heap);
  mallopt(M_TRIM_THRESHOLD, 2 * largest_in_heap);
}

std::unique_ptr<dealii::Utilities::MPI::MPI_InitFinalize> start_mpi(char *program)
{
  char skip[] = "-skip_petscrc";
  char *arguments[] = {program, skip, nullptr};
  int n_arguments = 2;
  char **argv = arguments;
  return std::make_unique<dealii::Utilities::MPI::MPI_InitFinalize>(n_arguments, argv, 1);
}
} // namespace

Libraries::Libraries(char *program)
{
  choose_blas_kernels();
  return_freed_memory();
  mpi_ = start_mpi(program);
}

Libraries::~Libraries() = default;

bool set_petsc_options(const std::string &options)
{
  PetscPushErrorHandler(PetscReturnErrorHandler, nullptr);
  const bool accepted = PetscOptionsInsertString(nullptr, options.c_str()) == 0;
  PetscPopErrorHandler();
  PetscBool profiles = PETSC_FALSE;
  PetscOptionsHasName(nullptr, nullptr, "-log_view", &profiles);
  if (profiles)
    PetscLogDefaultBegin();
  return accepted;
}

std::string blas_in_use()
{
  const auto name_of_kernels = find<char *()>("openblas_get_corename");
  const auto configuration = find<char *()>("openblas_get_config");
  if (!name_of_kernels || !configuration)
    return "unknown";
  // The configuration begins with the name and the version.
  const std::string all = configuration();
  return all.substr(0, all.find(' ', all.find(' ') + 1)) + ", " + name_of_kernels();
}
} // namespace lowland
