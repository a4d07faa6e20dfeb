// Which of its kernels the BLAS computes with, on which the time of a factorization hangs.
#pragma once

#include <string>

namespace lowland
{
/// Makes OpenBLAS use kernels for this processor where it does not know it: Debian's 0.3.21 takes those of a Prescott
/// of 2004 on any Intel processor newer than itself, which makes MUMPS' factorizations 2 to 3 times slower. Call it
/// before anything else calls the BLAS. Does nothing with another BLAS, on a processor that was recognised, or where
/// the user has set OPENBLAS_CORETYPE.
void choose_blas_kernels();

/// The BLAS and the kernels it uses, as "OpenBLAS 0.3.21, SkylakeX"; "unknown" if it is no OpenBLAS.
std::string blas_in_use();
} // namespace lowland
