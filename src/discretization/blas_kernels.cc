#include "discretization/blas_kernels.h"

#include <cstdlib>
#include <cstring>
#include <dlfcn.h>

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
} // namespace

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
