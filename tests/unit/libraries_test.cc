// The kernels of the BLAS, and the allocator's freed memory.
#include "discretization/algebra/libraries.h"

#include <deal.II/lac/full_matrix.h>
#include <deal.II/lac/lapack_full_matrix.h>

#include <gtest/gtest.h>

#include <malloc.h>
#include <vector>

using namespace lowland;

TEST(Memory, LargeBlocksAreNoPartOfTheHeap)
{
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer has an allocator of its own";
#else
  constexpr std::size_t size = 64 << 20;
  const std::size_t before =
      mallinfo2().hblkhd; // bytes in blocks that free gives back to the system at once
  std::vector<char> block(size);
  EXPECT_GE(mallinfo2().hblkhd, before + size);
  block = {};
  block.shrink_to_fit();
  EXPECT_EQ(mallinfo2().hblkhd, before);
#endif
}

TEST(Blas, ComputesWithKernelsOfThisProcessor)
{
  ASSERT_EQ(blas_in_use().rfind("OpenBLAS ", 0), 0U) << blas_in_use(); // .ci/packages asks for it
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
  {
    EXPECT_EQ(blas_in_use().find("Prescott"), std::string::npos) << blas_in_use();
  }
#endif
}

TEST(Blas, MultipliesMatricesRight)
{
  constexpr unsigned int n = 200; // more than one block of any kernel
  dealii::FullMatrix<double> a(n), b(n), expected(n);
  for (unsigned int i = 0; i < n; ++i)
    for (unsigned int j = 0; j < n; ++j)
    {
      a(i, j) = (7 * i + 3 * j) % 11;
      b(i, j) = (5 * i + 2 * j) % 13;
    }
  for (unsigned int i = 0; i < n; ++i)
    for (unsigned int j = 0; j < n; ++j)
      for (unsigned int k = 0; k < n; ++k)
        expected(i, j) += a(i, k) * b(k, j);
  dealii::LAPACKFullMatrix<double> left(n), right(n), product(n);
  left = a;
  right = b;
  left.mmult(product, right);
  for (unsigned int i = 0; i < n; ++i)
    for (unsigned int j = 0; j < n; ++j)
      ASSERT_EQ(product(i, j), expected(i, j)) << i << ", " << j; // integers, so exact
}
