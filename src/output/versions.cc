#include "output/versions.h"

#include "discretization/algebra/libraries.h"
#include "revision.h" // written by .ci/revision.cmake at each build

#include <deal.II/base/config.h>

#include <boost/version.hpp>
#include <ginac/version.h>
#include <gsl/gsl_version.h>
#include <mpi.h>
#include <muParserDef.h>
#include <p4est_config.h>
#include <petscpkg_version.h>
#include <petscsys.h>
#include <slepcsys.h>
#include <vtkVersion.h>

namespace lowland
{
namespace
{
#ifdef __clang__
constexpr const char *compiler = __VERSION__;
#else
constexpr const char *compiler = "GCC " __VERSION__;
#endif

std::string dotted(PetscInt major, PetscInt minor, PetscInt patch)
{
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

/// The name and number with which the library's own text begins.
std::string mpi_version()
{
  char text[MPI_MAX_LIBRARY_VERSION_STRING];
  int length = 0;
  MPI_Get_library_version(text, &length);
  const std::string all(text, length);
  return all.substr(0, all.find_first_of(",\n"));
}

template <typename Ask>
std::string asked(const Ask &ask)
{
  PetscInt major = 0, minor = 0, patch = 0, release = 0;
  ask(&major, &minor, &patch, &release);
  return dotted(major, minor, patch);
}
} // namespace

std::string source_revision()
{
  return LOWLAND_REVISION;
}

std::vector<std::pair<std::string, std::string>> library_versions()
{
  return {{"deal.II", DEAL_II_PACKAGE_VERSION},
          {"PETSc", asked(PetscGetVersionNumber)},
          {"SLEPc", asked(SlepcGetVersionNumber)},
          {"MUMPS", dotted(PETSC_PKG_MUMPS_VERSION_MAJOR, PETSC_PKG_MUMPS_VERSION_MINOR,
                           PETSC_PKG_MUMPS_VERSION_SUBMINOR)},
          {"hypre", dotted(PETSC_PKG_HYPRE_VERSION_MAJOR, PETSC_PKG_HYPRE_VERSION_MINOR,
                           PETSC_PKG_HYPRE_VERSION_SUBMINOR)},
          {"BLAS", blas_in_use()},
          {"p4est", P4EST_VERSION},
          {"VTK", vtkVersion::GetVTKVersion()},
          {"GiNaC", std::to_string(GiNaC::version_major) + "." +
                        std::to_string(GiNaC::version_minor) + "." +
                        std::to_string(GiNaC::version_micro)},
          {"muParser", mu::ParserVersion},
          {"GSL", gsl_version},
          {"Boost", std::to_string(BOOST_VERSION / 100000) + "." +
                        std::to_string(BOOST_VERSION / 100 % 1000) + "." +
                        std::to_string(BOOST_VERSION % 100)},
          {"MPI", mpi_version()},
          {"compiler", compiler}};
}
} // namespace lowland
