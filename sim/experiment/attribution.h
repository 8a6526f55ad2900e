#pragma once
#include <string>
#include <vector>

#include "sim/experiment/study.h"
#include "tiles/spec/effects.h"

namespace aimc::sim {

/// What one non-ideality costs, in the study's metric; a positive number is a loss.
struct EffectCost {
  tiles::Effect effect{};
  PairedDifference alone;   ///< this effect alone against none of them
  PairedDifference saving;  ///< all effects against all but this one: what removing it would save
};

/// Where a deployment loses its accuracy.
struct AttributionResult {
  std::string deployment;
  StudyMetric metric = StudyMetric::bits_per_character;
  std::int64_t seeds = 0, texts = 0, characters = 0, choices = 0;
  Spread reference;                 ///< the floating-point network
  Spread without_effects;           ///< the deployment with every effect off
  Spread with_effects;              ///< the deployment as it is
  PairedDifference rest;            ///< without effects against the reference: what no effect explains
  PairedDifference together;        ///< all effects against none
  std::vector<EffectCost> effects;  ///< the largest saving first
  double sum_alone = 0, sum_saving = 0;
  /// together - sum_alone: negative where effects hide each other.
  [[nodiscard]] double interaction() const { return together.mean - sum_alone; }
};

/// Runs the deployment without effects, with each of its present effects alone, with all but each and with all, over
/// the same noise seeds (five unless the options say otherwise, fewer if the experiment has fewer). Throws ConfigError
/// where the deployment has no effect, and what Study throws.
[[nodiscard]] AttributionResult attribute(const ExperimentSpec& spec, const StudyOptions& options,
                                          const RunProgress& progress);

/// The same for a study made ready.
[[nodiscard]] AttributionResult attribute(const Study& study, const std::vector<tiles::Effect>& effects,
                                          const RunProgress& progress);

/// One sentence on where a designer should spend.
[[nodiscard]] std::string advice(const AttributionResult& result);

}  // namespace aimc::sim
