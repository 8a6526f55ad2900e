#pragma once
#include "base/config/schema.h"
#include "tiles/spec/digital_spec.h"

namespace aimc::tiles {

/// Keys of the section `digital` of a hardware file.
const config::Schema<DigitalSpec>& digital_schema();
/// Keys of the section `attention` of a hardware file.
const config::Schema<AttentionSpec>& attention_schema();

}  // namespace aimc::tiles
