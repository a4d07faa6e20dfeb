#include "model/noise/noise.h"

#include "input/unread.h"
#include "model/noise/noise_families.h"

#include <deal.II/base/utilities.h>

#include <ginac/ginac.h>

#include <algorithm>
#include <sstream>

namespace lowland
{
namespace
{
const char *section = "Noise";

/// Where in packed storage the entry that `name` means is: "xy", or "yx".
unsigned int entry_named(const Parameters &parameters, const std::string &name,
                         unsigned int dimension)
{
  const std::string axes = std::string("xyz").substr(0, dimension);
  if (name.size() != 2 || axes.find(name[0]) == std::string::npos ||
      axes.find(name[1]) == std::string::npos)
    throw parameters.error(section, "Tensor", "`" + name + "` is not an entry such as xx or xy");
  return packed(axes.find(name[0]), axes.find(name[1]));
}

/// The formulas of `Tensor` by their packed position; empty for entries that are not given. Without
/// names they are the rows of the upper triangle: xx; xy; yy, or xx; xy; xz; yy; yz; zz.
std::vector<std::string> entries_of(const Parameters &parameters, unsigned int dimension)
{
  const auto given = parameters.entries(section, "Tensor");
  std::vector<std::string> entries(n_packed(dimension));
  if (given.empty() || given.front().find('=') == std::string::npos)
  {
    if (given.size() != entries.size())
      throw parameters.error(section, "Tensor",
                             "wants " + std::to_string(entries.size()) +
                                 " formulas separated by `;`, the rows of the upper triangle, or "
                                 "names: xx = ...; xy = ...");
    auto next = given.begin();
    for (unsigned int i = 0; i < dimension; ++i)
      for (unsigned int j = i; j < dimension; ++j)
        entries[packed(i, j)] = *next++;
    return entries;
  }
  for (const std::string &text : given)
  {
    const auto equals = text.find('=');
    const std::string name = dealii::Utilities::trim(text.substr(0, equals));
    std::string &entry = entries[entry_named(parameters, name, dimension)];
    if (equals == std::string::npos || !entry.empty())
      throw parameters.error(section, "Tensor",
                             equals == std::string::npos ? "`" + name + "` has no formula"
                                                         : "gives the entry " + name + " twice");
    entry = text.substr(equals + 1);
  }
  return entries;
}

/// D of the formulas, which may name the constants of the loss, eta and sigma. They state D at
/// Noise/Learning rate; `factor` is the schedule's largest eta beside that.
std::unique_ptr<Noise> tensor_from(const Parameters &parameters, double eta, double sigma,
                                   double factor)
{
  const unsigned int dimension = parameters.integer("", "Dimension");
  try
  {
    Constants constants = parse_constants(parameters.text("Landscape", "Constants"));
    constants.emplace("eta", eta);
    constants.emplace("sigma", sigma);
    std::vector<GiNaC::ex> entries;
    for (const std::string &text : entries_of(parameters, dimension))
      entries.push_back(text.empty() ? 0 : factor * parse_symbolic(text, dimension, constants));
    return tensor_noise(entries, dimension);
  }
  catch (const FormulaError &error)
  {
    throw parameters.error(section, "Tensor", error.what());
  }
}

/// The kinds that `Noise/Kind` adds up.
std::vector<std::string> terms_of_sum(const Parameters &parameters)
{
  return dealii::Utilities::split_string_list(parameters.text(section, "Kind"), '+');
}

/// Whether this kind of noise is stronger with a larger sigma.
bool has_intensity(const Parameters &parameters, const std::string &kind)
{
  if (kind == "minibatch")
    return false;
  return kind != "tensor" || parameters.text(section, "Tensor").find("sigma") != std::string::npos;
}

/// sigma of each term: one number for all, or one for each that has an intensity.
std::vector<double> intensities(const Parameters &parameters, const std::vector<std::string> &kinds)
{
  const auto given = parameters.numbers(section, "Intensity");
  std::vector<double> all(kinds.size(), 1);
  std::size_t next = 0;
  std::string with_intensity;
  for (std::size_t k = 0; k < kinds.size(); ++k)
    if (has_intensity(parameters, kinds[k]))
    {
      all[k] = given[given.size() == 1 ? 0 : std::min(next, given.size() - 1)];
      with_intensity += (next > 0 ? ", " : "") + kinds[k];
      ++next;
    }
  if (next == 0 && parameters.given(section, "Intensity"))
    throw parameters.error(section, "Intensity",
                           "means nothing for " + kinds.front() + " noise" +
                               (kinds.front() == "tensor" ? ", whose formulas do not name sigma"
                                                          : ", which the data determine"));
  if (given.size() != 1 && given.size() != next)
    throw parameters.error(section, "Intensity",
                           "wants one number, or one for each of the noises that have an "
                           "intensity: " +
                               with_intensity);
  return all;
}

/// With K > 1 the angular part of D is not in the reduced coordinates, and div D needs it: D must be a
/// multiple of the identity.
void check_radial(const Parameters &parameters, const std::vector<std::string> &kinds)
{
  for (const std::string &kind : kinds)
    if (kind != "isotropic" && kind != "loss-scaled" &&
        parameters.integer("Landscape", "Radial dimension") > 1)
      throw parameters.error(section, "Kind",
                             kind +
                                 " noise differs between directions, but with a Landscape/Radial "
                                 "dimension above 1 only isotropic and loss-scaled can be reduced");
}

/// The regression behind the landscape.
std::shared_ptr<const Regression> regression_of(const Parameters &parameters,
                                                const Landscape &landscape, const std::string &kind)
{
  if (auto regression = std::dynamic_pointer_cast<const Regression>(landscape.loss()))
    return regression;
  throw parameters.error(section, "Kind", kind + " needs data: Landscape/Kind = regression");
}

std::unique_ptr<Noise> minibatch_from(const Parameters &parameters,
                                      std::shared_ptr<const Regression> regression, double eta)
{
  const unsigned int batch_size = parameters.integer(section, "Batch size");
  const bool with_replacement = parameters.flag(section, "With replacement");
  if (!with_replacement && batch_size >= regression->n_samples())
    throw parameters.error(section, "Batch size",
                           "without replacement it must be below the number of samples, " +
                               std::to_string(regression->n_samples()));
  return minibatch_noise(std::move(regression), eta, batch_size, with_replacement);
}

std::unique_ptr<Noise> term(const Parameters &parameters, const Landscape &landscape,
                            const std::string &kind, double eta, double sigma)
{
  const double strength = eta * sigma;
  if (kind == "isotropic")
    return isotropic_noise(strength);
  if (kind == "loss-scaled")
    return loss_scaled_noise(strength);
  if (kind == "hessian")
    return hessian_noise(strength);
  if (kind == "loss-scaled hessian")
    return loss_scaled_hessian_noise(strength);
  if (kind == "tensor")
  {
    const double stated = parameters.number(section, "Learning rate");
    const auto table = std::dynamic_pointer_cast<const TableLoss>(landscape.loss());
    if (table && table->has_diffusion() && !parameters.given(section, "Tensor"))
      return table_noise(table, eta / stated);
    return tensor_from(parameters, stated, sigma, eta / stated);
  }
  auto regression = regression_of(parameters, landscape, kind);
  if (kind == "label-noise")
    return label_noise(std::move(regression), strength);
  if (kind == "fisher")
    return fisher_noise(std::move(regression), strength);
  return minibatch_from(parameters, std::move(regression), eta);
}
} // namespace

bool reads_intensity(const Parameters &parameters)
{
  const auto kinds = terms_of_sum(parameters);
  return std::any_of(kinds.begin(), kinds.end(),
                     [&](const std::string &kind) { return has_intensity(parameters, kind); });
}

std::unique_ptr<Noise> Noise::create(const Parameters &parameters, const Landscape &landscape,
                                     double learning_rate)
{
  const auto kinds = terms_of_sum(parameters);
  refuse_unread(parameters, section, {"Tensor", "Batch size", "With replacement"});
  check_radial(parameters, kinds);
  const auto sigma = intensities(parameters, kinds);
  std::vector<std::unique_ptr<Noise>> terms;
  std::ostringstream description;
  for (std::size_t k = 0; k < kinds.size(); ++k)
  {
    terms.push_back(term(parameters, landscape, kinds[k], learning_rate, sigma[k]));
    description << (k > 0 ? " + " : "") << kinds[k];
    if (kinds[k] == "tensor")
      description << " "
                  << (parameters.given(section, "Tensor") ? parameters.text(section, "Tensor")
                                                          : "from the table");
    else if (has_intensity(parameters, kinds[k]))
      description << ", eta = " << learning_rate << ", sigma = " << sigma[k];
    else
      description << ", eta = " << learning_rate
                  << ", B = " << parameters.text(section, "Batch size");
  }
  auto noise = terms.size() == 1 ? std::move(terms.front()) : sum_of_noises(std::move(terms));
  noise->description_ = description.str();
  return noise;
}

void scale_with_loss(double c, const LandscapeValues &landscape, DiffusionValues &values)
{
  const std::size_t d = values.divergence.size();
  for (std::size_t q = 0; q < landscape.loss.size(); ++q)
  {
    const double loss = landscape.loss[q];
    for (unsigned int i = 0; i < d; ++i)
    {
      double sum = loss * values.divergence[i][q];
      for (unsigned int j = 0; j < d; ++j)
        sum += values.tensor[packed(i, j)][q] * landscape.gradient[j][q];
      values.divergence[i][q] = c * sum;
    }
    for (auto &entry : values.tensor)
      entry[q] *= c * loss;
  }
}

void scale(double c, DiffusionValues &values)
{
  for (Components *field : {&values.tensor, &values.divergence})
    for (auto &component : *field)
      for (double &value : component)
        value *= c;
}

void clear(unsigned int dimension, std::size_t n_points, DiffusionValues &values)
{
  values.tensor.assign(n_packed(dimension), std::vector<double>(n_points, 0.0));
  values.divergence.assign(dimension, std::vector<double>(n_points, 0.0));
}

const std::vector<NoiseKind> &noise_kinds()
{
  static const std::vector<NoiseKind> kinds = {
      {"isotropic", "eta sigma I", "full", "exp(-f/(eta sigma))",
       "Langevin dynamics: the same noise everywhere."},
      {"loss-scaled", "eta sigma f I", "full, 0 where f = 0", "f^(-1-1/(eta sigma))",
       "Noise that dies out at a perfect fit, as in over-parameterised least squares."},
      {"hessian", "eta sigma H", "that of H", "",
       "Noise along the curvature; H is the Hessian of f without its negative eigenvalues."},
      {"loss-scaled hessian", "2 eta sigma f H", "that of H, 0 where f = 0", "",
       "The same, and it dies out at a perfect fit."},
      {"fisher", "2 eta sigma f G", "that of G, 0 where f = 0", "",
       "G = mean of grad h grad h^T over the data of a regression; sigma = 1/(2B) is batch size "
       "B."},
      {"label-noise", "eta sigma G", "that of G", "",
       "Noise of variance 2 sigma in the targets of a regression."},
      {"minibatch", "eta C1/(2B)", "at most n-1", "",
       "The exact noise of batches of B samples: C1 is the covariance of the samples' gradients."},
      {"tensor", "formulas in Noise/Tensor", "any", "",
       "Any field of your own; it must be positive semidefinite."}};
  return kinds;
}
} // namespace lowland
