// The libraries as this program wants them, against what some of them set for the whole process when they are loaded.
#pragma once

#include <memory>
#include <string>

namespace dealii
{
namespace Utilities
{
namespace MPI
{
class MPI_InitFinalize;
}
} // namespace Utilities
} // namespace dealii

namespace lowland
{
/// Sets the libraries up when made, first thing in main, and ends MPI when it goes.
///
/// PETSc sees none of the program's arguments and no ~/.petscrc, only what --petsc or PETSC_OPTIONS say.
///
/// OpenBLAS uses kernels for this processor where it does not know it: Debian's 0.3.21 takes those of a Prescott of
/// 2004 on any Intel processor newer than itself, which makes MUMPS' factorizations 2 to 3 times slower. Left alone are
/// another BLAS, a processor that was recognised, and what the user has set by OPENBLAS_CORETYPE.
///
/// The allocator gives large blocks back to the system when they are freed. SuperLU_DIST, which comes with PETSc,
/// forbids that from a constructor of the library, so that every freed matrix of an old mesh stays: a run in three
/// dimensions held a fifth more memory.
class Libraries
{
public:
  /// `program` is the first of main's arguments, which PETSc names in its messages.
  explicit Libraries(char *program);
  ~Libraries();

private:
  std::unique_ptr<dealii::Utilities::MPI::MPI_InitFinalize> mpi_;
};

/// Hands options to PETSc, -log_view among them, which PETSc wants to hear of before its start. False where it refuses them.
bool set_petsc_options(const std::string &options);

/// The BLAS and the kernels it uses, as "OpenBLAS 0.3.21, SkylakeX"; "unknown" if it is no OpenBLAS.
std::string blas_in_use();
} // namespace lowland
