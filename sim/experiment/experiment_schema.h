#pragma once
#include "base/config/schema.h"
#include "sim/experiment/experiment_spec.h"

namespace aimc::sim {

/// The keys of an experiment file outside `hardware`, with name, unit, range and a sentence.
const config::Schema<ExperimentSpec>& experiment_schema();

}  // namespace aimc::sim
