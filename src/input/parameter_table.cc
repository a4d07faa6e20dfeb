// Every parameter of the program, one row each. The notation of what is allowed is in allowed.h.
#include "input/parameters.h"

namespace lowland
{
const std::vector<ParameterRow> &parameter_table()
{
  // clang-format off
  static const std::vector<ParameterRow> table = {
    // section, key, default, allowed, unit, meaning
    {"", "Dimension", "2", "1 | 2 | 3", "-",
     "Number of parameters theta of the loss: x, then y, then z."},

    {"Landscape", "Kind", "expression", "expression | quadratic | double-well | two-basins | valley | ring | student | log-minima", "-",
     "The loss f: a formula of your own, or one of the library (see `lowland list`)."},
    {"Landscape", "Loss", "", "formula", "loss",
     "The loss f(x, y, z) of the kind `expression`, e.g. (x^2-1)^2 + a*y^2."},
    {"Landscape", "Constants", "", "text", "-",
     "Named constants of the formula or of the library's loss, e.g. a=1, b=2."},
    {"Landscape", "Floor", "0", "number >= 0", "loss",
     "Added to f, so that noise in proportion to the loss does not vanish at the minima."},
    {"Landscape", "Radial dimension", "1", "integer >= 1", "-",
     "K: the last coordinate is the radius r of K parameters reduced by symmetry (measure r^(K-1))."},

    {"Noise", "Kind", "isotropic", "isotropic | loss-scaled", "-",
     "The diffusion tensor D: eta sigma I, or eta sigma f I."},
    {"Noise", "Learning rate", "0.1", "number > 0", "time",
     "eta: the time that one step of stochastic gradient descent takes."},
    {"Noise", "Intensity", "1", "number > 0", "-",
     "sigma: the strength of the noise; unit loss^2/length^2 for isotropic, loss/length^2 for loss-scaled."},

    {"Learning rate schedule", "Kind", "constant", "constant", "-",
     "How eta changes in time."},

    {"Domain", "Kind", "auto", "auto | box | ball | file", "-",
     "Where theta lives: a box found by the program, a box, a ball, or a Gmsh mesh."},
    {"Domain", "Lower corner", "-1", "numbers", "length",
     "Lower corner of the box: one number per axis, or one for all."},
    {"Domain", "Upper corner", "1", "numbers", "length",
     "Upper corner of the box: one number per axis, or one for all."},
    {"Domain", "Centre", "0", "numbers", "length",
     "Centre of the ball: one number per axis, or one for all."},
    {"Domain", "Radius", "1", "number > 0", "length",
     "Radius of the ball."},
    {"Domain", "File", "", "filename", "-",
     "Gmsh mesh (.msh) of the kind `file`, looked for beside the parameter file, then in the working directory."},
    {"Domain", "Periodic", "", "some of x, y, z", "-",
     "Axes along which the box closes on itself; all other sides reflect."},
    {"Domain", "Mass left out", "1e-10", "number > 0 < 1", "-",
     "The most mass of the invariant density and of the start that `auto` leaves outside its box."},

    {"Initial density", "Kind", "gaussian", "gaussian | mixture | uniform | expression | invariant", "-",
     "The density rho at time 0, normalised by the program."},
    {"Initial density", "Mean", "0", "rows", "length",
     "Mean of the Gaussian: one number per axis, or one for all."},
    {"Initial density", "Standard deviation", "1", "rows", "length",
     "Standard deviation of the Gaussian: one number for all axes, or one per axis."},
    {"Initial density", "Weights", "1", "numbers > 0", "-",
     "Weights of the mixture's entries (one number: all alike)."},
    {"Initial density", "Formula", "", "formula", "-",
     "Non-negative density of the kind `expression`, up to a factor."},

    {"Discretization", "Element", "auto", "auto | continuous | discontinuous", "-",
     "Finite elements: continuous (FE_Q) or discontinuous with interior penalty (FE_DGQ)."},
    {"Discretization", "Degree", "auto", "auto | integer >= 1 <= 6", "-",
     "Polynomial degree of the elements."},
    {"Discretization", "Reference weight", "auto", "auto | invariant | one", "-",
     "w in rho = w u: invariant is pi/max(pi) + the reference floor, one is 1."},
    {"Discretization", "Reference floor", "auto", "auto | number >= 0", "-",
     "eps, added to pi/max(pi) in the weight w."},
    {"Discretization", "Initial refinement", "auto", "auto | integer >= 0 <= 29", "-",
     "How often the coarse mesh is halved before anything else."},
    {"Discretization", "Maximum level", "auto", "auto | integer >= 0 <= 29", "-",
     "The finest level that adaptation may reach."},
    {"Discretization", "Adaptation", "true", "true | false", "-",
     "Whether the mesh follows the solution; false keeps it uniform at the initial refinement."},

    {"Time", "End", "1", "number >= 0", "time",
     "Time at which the run ends; at 0 only the start is written."},
    {"Time", "Tolerance", "1e-3", "number > 0 < 1", "-",
     "L1 error of the density that is accepted, of space and time together."},
    {"Time", "Scheme", "4l", "4l | ra34pw2 | rodas3 | 2p", "-",
     "L-stable Rosenbrock scheme of PETSc (TSROSW), of order 4, 3, 3, 2."},
    {"Time", "Time step", "auto", "auto | number > 0", "time",
     "A fixed step instead of one chosen from the tolerance."},
    {"Time", "Output times", "auto", "auto | numbers >= 0 | range", "time",
     "When the observables are recorded; auto is lin(0, END, 11) with the end of the run."},

    {"Stationary", "Method", "auto", "auto | closed form | computed", "-",
     "How `lowland stationary` finds the invariant density: auto takes the closed form where there is one; computed is the null vector of the discrete operator."},
    {"Stationary", "Tolerance", "1e-3", "number > 0 < 1", "-",
     "L1 error of the computed invariant density that is accepted."},

    {"Spectrum", "Number of eigenvalues", "6", "integer >= 2 <= 200", "-",
     "How many eigenvalues `lowland spectrum` finds, the zero one included."},
    {"Spectrum", "Tolerance", "auto", "auto | number > 0 < 1", "-",
     "Relative error of the eigenvalues that is accepted; the mesh is refined until two meshes agree to it. auto is 1e-8, in three dimensions 1e-6."},

    {"Escape", "From", "all", "text", "-",
     "Where escape starts: all minima, or some by number in the order of their loss (1, 3), or points in parentheses, (0.5, 1)."},
    {"Escape", "To", "all", "text", "-",
     "Where it ends, likewise; `all` also asks for each minimum against all others."},
    {"Escape", "Tolerance", "1e-3", "number > 0 < 1", "-",
     "Relative error of rates and times that is accepted."},
    {"Escape", "Radius", "1", "number > 0", "-",
     "r: around a minimum x_a with Hessian H, in two and three dimensions, lies the set (x-x_a).H(x-x_a) <= 2 r eta sigma (times f_a for loss-scaled)."},

    {"Output", "Fields", "rho, log10-rho, ratio, loss, current", "some of rho, log10-rho, ratio, loss, current", "-",
     "What the field files hold: rho, its logarithm, rho/pi, f, the probability current J."},
    {"Output", "Interval", "0", "number >= 0", "time",
     "Least time between field files; 0 writes one at every output time."},
    {"Output", "Observables", "", "formulas", "-",
     "Functions g(x, y, z) whose mean E[g] is recorded, e.g. left = x < 0; r2 = x^2+y^2."},
  };
  // clang-format on
  return table;
}
} // namespace lowland
