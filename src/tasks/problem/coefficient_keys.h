// Which keys of the parameter file state the coefficients of the equation: the place of errors about them.
#pragma once

#include "input/parameters.h"

namespace lowland
{
ParameterKey loss_key(const Parameters &parameters);
ParameterKey diffusion_key(const Parameters &parameters); ///< D
} // namespace lowland
