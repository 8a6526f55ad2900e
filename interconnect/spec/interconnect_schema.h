#pragma once
#include "base/config/schema.h"
#include "interconnect/spec/interconnect_spec.h"

namespace aimc::interconnect {

/// Keys of the section `network` of a hardware file.
const config::Schema<NetworkSpec>& network_schema();
/// Keys of the section `chip_link`.
const config::Schema<ChipLinkSpec>& chip_link_schema();
/// Keys of the section `dram`.
const config::Schema<DramSpec>& dram_schema();

}  // namespace aimc::interconnect
