// A mesh and a density come back from their records as they were, on any number of ranks: the run on 1 rank
// leaves a checkpoint in the working folder, the others read it, too.
#include "support.h"

#include "output/checkpoint.h"

#include <deal.II/base/mpi.h>
#include <deal.II/fe/fe.h>
#include <deal.II/grid/tria.h>
#include <deal.II/lac/petsc_vector.h>

using namespace lowland;

namespace
{
const Settings common = {"Domain/Lower corner=-2",
                         "Domain/Upper corner=2",
                         "Noise/Learning rate=0.2",
                         "Initial density/Mean=0.7",
                         "Initial density/Standard deviation=0.2",
                         "Time/Tolerance=0.2",
                         "Discretization/Degree=2"};
const Settings box = {"Domain/Kind=box"};

template <int dim>
void expect_round_trip(const std::string &name, const Settings &settings)
{
  const Parameters parameters = Parameters::from_text("", "test", common + settings);
  Log log(MPI_COMM_WORLD, true);
  const Problem<dim> problem(parameters, 0.2, InitialDensity(parameters), MPI_COMM_WORLD, log);
  const FokkerPlanckForm<dim> form(*problem.space, problem.model);
  const PETScVector u = form.to_ratio(problem.project(problem.start, form));
  const SavedChoices choices = problem.choices();
  const unsigned int n_ranks = dealii::Utilities::MPI::n_mpi_processes(MPI_COMM_WORLD);
  const std::string own = "checkpoint_" + name + "_" + std::to_string(n_ranks);
  CheckpointFolder(own, MPI_COMM_WORLD)
      .write({}, cell_records(problem.mesh, problem.space->cell_polynomials(u)),
             problem.space->finite_element().n_dofs_per_cell());

  for (const std::string &folder : {own, "checkpoint_" + name + "_1"})
  {
    CheckpointFolder checkpoints(folder, MPI_COMM_WORLD);
    const auto checkpoint = checkpoints.newest(log);
    ASSERT_TRUE(checkpoint) << "the run on 1 rank must come first: no " << folder;
    SavedChoices saved = choices;
    saved.cells = checkpoint->cells;
    const Problem<dim> again(parameters, 0.2, InitialDensity(parameters), MPI_COMM_WORLD, log,
                             saved);
    EXPECT_EQ(again.mesh.n_cells(), problem.mesh.n_cells());
    EXPECT_EQ(again.space->n_unknowns(), problem.space->n_unknowns());
    const PETScVector read = read_records(*again.space, checkpoints.blocks(*checkpoint));
    for (const std::array<double, 3> &wave : std::vector<std::array<double, 3>>{
             {{0, 0, 0}}, {{1, 2, 3}}, {{3, 1, 2}}}) // with which the density is compared
    {
      const Density exact = [&](const Coordinates &x) {
        double sum = 0.3;
        for (unsigned int i = 0; i < dim; ++i)
          sum += std::sin(wave[i] * x[i] + i);
        return sum;
      };
      EXPECT_NEAR(l1_distance(again, read, exact), l1_distance(problem, u, exact), 1e-9);
    }
  }
  std::vector<CellName> others(3, CellName{}); // three times the same root cell
  SavedChoices wrong = choices;
  wrong.cells = others;
  EXPECT_THROW(
      Problem<dim>(parameters, 0.2, InitialDensity(parameters), MPI_COMM_WORLD, log, wrong),
      std::exception);
}
} // namespace

TEST(CheckpointRanks, Continuous1D)
{
  expect_round_trip<1>("line", box + Settings{"Dimension=1", "Landscape/Loss=(x^2-1)^2"});
}
TEST(CheckpointRanks, Discontinuous1D)
{
  expect_round_trip<1>("line_dg", box + Settings{"Dimension=1", "Landscape/Loss=(x^2-1)^2",
                                                 "Discretization/Element=discontinuous"});
}
TEST(CheckpointRanks, Continuous2D)
{
  expect_round_trip<2>("plane", box + Settings{"Dimension=2", "Landscape/Loss=(x^2-1)^2 + y^2"});
}
TEST(CheckpointRanks, Discontinuous2DInABall)
{
  expect_round_trip<2>("ball", {"Dimension=2", "Landscape/Loss=(x^2-1)^2 + y^2", "Domain/Kind=ball",
                                "Domain/Radius=2", "Discretization/Element=discontinuous"});
}
TEST(CheckpointRanks, Periodic2D)
{
  expect_round_trip<2>("periodic",
                       box + Settings{"Dimension=2",
                                      "Landscape/Loss=(x^2-1)^2 + cos(3.141592653589793*y/2)",
                                      "Domain/Periodic=y"});
}
TEST(CheckpointRanks, Continuous3D)
{
  expect_round_trip<3>("space",
                       box + Settings{"Dimension=3", "Landscape/Loss=(x^2-1)^2 + y^2 + z^2"});
}
