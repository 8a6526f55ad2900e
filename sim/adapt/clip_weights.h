#pragma once
#include "sim/adapt/network.h"

namespace aimc::adapt {

/// D.4: every analog linear's weights within alpha standard deviations (unbiased, over the whole channel) of zero.
void clip_weights(Network& network, double alpha);

}  // namespace aimc::adapt
