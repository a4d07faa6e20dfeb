// Whether the equation has detailed balance: an invariant density without current.
#pragma once

#include "model/model.h"
#include "model/search/search_region.h"

namespace lowland
{
enum class DetailedBalance
{
  holds,    ///< D^-1 (grad f + div D) is a gradient, wherever it was looked at
  fails,    ///< it is not: the invariant density, if there is one, has a current
  undefined ///< D has no inverse
};

/// Of the points that detailed_balance() looks at, the only random numbers of the program.
constexpr unsigned int sampling_seed = 1;

/// Looks at points spread over the region. The current of exp(-V) is zero if and only if
/// D^-1 (grad f + div D) = grad V, whose Jacobian is symmetric; differences of fourth order decide to
/// 1e-6 of the Jacobian's size. Around a periodic axis V must also come back to its value.
DetailedBalance detailed_balance(const Model &model, const SearchRegion &region);

/// The same in words, for logs.
std::string in_words(DetailedBalance balance);
} // namespace lowland
