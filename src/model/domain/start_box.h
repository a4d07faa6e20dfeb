// How far the start reaches, where only a formula knows it.
#pragma once

#include "model/initial_density.h"

namespace lowland
{
/// `box`, widened side by side until at most `mass` of the start lies beyond it. Measured at points that fill the box
/// and boxes ever twice as wide around it: what is narrower than a sixteenth of its distance from the box may be missed.
/// `box` itself where the start has no finite mass in the whole space.
Box widened_for(const InitialDensity &start, const Model &model, const Box &box, double mass);
} // namespace lowland
