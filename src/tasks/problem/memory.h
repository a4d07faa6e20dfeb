// The memory that a run takes, and that there is.
#pragma once

#include <mpi.h>

namespace lowland
{
/// Bytes for the matrices, the steps' matrix with its factors, some 40 vectors and twice as many more of FGMRES, and the
/// libraries. The constants are from runs on fixed uniform meshes on 1 rank: 33,153 to 131,841 unknowns of degrees 3, 4 and
/// 6 in 2D, in 3D 9,537 to 70,785 of degrees 2, 3 and 4 with MUMPS and 27,648 to 232,897 of degrees 2 and 3 with multigrid,
/// all within 6 percent; factors on graded meshes take less. MUMPS copies the matrix; its factors grow like n log n in 2D and
/// like n^(4/3) in 3D (George 1973, Lipton, Rose & Tarjan 1979); those of multigrid's smoother have the matrix's own pattern.
double estimated_memory(unsigned int dimension, bool direct, double n_unknowns, double n_nonzeros);

/// Bytes that a mesh of `n_cells` cells takes at the least, with elements of this degree: each element brings
/// degree^dimension unknowns of its own, each coupled to all of the element.
double least_memory(unsigned int dimension, double n_cells, unsigned int degree);

/// Bytes of physical memory of all machines that the ranks run on. Collective.
double memory_of_machines(MPI_Comm communicator);
} // namespace lowland
