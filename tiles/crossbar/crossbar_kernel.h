#pragma once
#include <string_view>

#include "tiles/crossbar/analog_linear.h"
#include "tiles/linear/packed_layout.h"

namespace aimc::tiles {

/// The number format of a kernel for so many weights. ConfigError where this CPU cannot run it.
ProductType product_type(CrossbarKernel kernel, Index weights);

/// "int8", "bf16" or "fp32".
std::string_view name_of(ProductType type);

}  // namespace aimc::tiles
