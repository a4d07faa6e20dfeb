// What happens when a verb throws: one message, an exit status, and never a rank that waits
// forever.
#pragma once

#include <functional>

namespace lowland
{
/// Runs `verb` on all ranks of MPI_COMM_WORLD and returns the same ExitStatus on all of them. If it
/// throws on every rank (bad input, a solver that failed) the lowest rank that failed prints the
/// message, once. If other ranks do not come to the same end within a few seconds, they are waiting
/// for this one: it prints its message and aborts them all.
int guarded(const std::function<int()> &verb);
} // namespace lowland
