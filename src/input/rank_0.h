// Files are the business of rank 0; how that went is known to all.
#pragma once

#include <functional>
#include <mpi.h>
#include <string>

namespace lowland
{
/// Calls `work` on rank 0 alone. What it throws is thrown on all ranks: InputError as it is, everything
/// else as OutputError. Collective.
void on_rank_0(MPI_Comm communicator, const std::function<void()> &work);

/// The text of a file, read by rank 0. Throws InputError for what is missing, no file, or cannot be
/// read; `expected` says what it should be. Collective.
std::string read_on_rank_0(MPI_Comm communicator, const std::string &file,
                           const std::string &expected);
} // namespace lowland
