#pragma once
#include "base/config/schema.h"
#include "sim/adapt/adapt_spec.h"

namespace aimc::adapt {

/// The keys of ADAPT.yaml, all of them with name, range and a sentence.
const config::Schema<AdaptSpec>& adapt_schema();

}  // namespace aimc::adapt
