#pragma once
#include <string>

namespace aimc::sim {

/// Colour of a share in [0, 1] on a scale of layers (dark blue to yellow; viridis, van der Walt and Smith, 2015).
[[nodiscard]] std::string layer_colour(double share);

/// Colour of a share in [0, 1] on a scale of loads (light yellow to dark red).
[[nodiscard]] std::string load_colour(double share);

}  // namespace aimc::sim
