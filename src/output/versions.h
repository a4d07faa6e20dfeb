// What a run was computed with: this program, the state of its source, and its libraries.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace lowland
{
/// Of the source this program was built from, as `git describe --always --dirty` says; from an
/// archive of a commit its hash; "unknown" where neither is to be had.
std::string source_revision();

/// Name and version of every library that a result can depend on, and the kernels of the BLAS. Those of MUMPS and hypre
/// are the ones that PETSc was built with; the others are asked when the program runs, where they can be.
std::vector<std::pair<std::string, std::string>> library_versions();
} // namespace lowland
