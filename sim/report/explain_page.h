#pragma once
#include <string>

#include "sim/experiment/explain.h"

namespace aimc::sim {

/// One page of 80 columns on one linear: inputs against the DAC, codes against the ADC, weights against the window,
/// what each effect alone makes, time and energy.
[[nodiscard]] std::string explain_page(const ExperimentSpec& spec, const Explanation& result);
/// The same as JSON, histograms with their bins (docs/attribution.md).
[[nodiscard]] std::string explain_json(const ExperimentSpec& spec, const Explanation& result);

}  // namespace aimc::sim
