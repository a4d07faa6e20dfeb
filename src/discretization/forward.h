// deal.II's classes that our headers name. Their heavy headers stay in the .cc files.
#pragma once

#include <mpi.h>

namespace dealii
{
template <int, int>
class Triangulation;
template <int, int>
class DoFHandler;
template <int, int>
class Mapping;
template <int, int>
class FiniteElement;
template <int, int>
class FEValues;
template <int, typename>
class Point;
template <int>
class Quadrature;
template <typename>
class AffineConstraints;
class IndexSet;
class DynamicSparsityPattern;
namespace PETScWrappers
{
namespace MPI
{
class Vector;
class SparseMatrix;
} // namespace MPI
} // namespace PETScWrappers
} // namespace dealii

namespace lowland
{
using PETScVector = dealii::PETScWrappers::MPI::Vector;
using PETScMatrix = dealii::PETScWrappers::MPI::SparseMatrix;
} // namespace lowland
