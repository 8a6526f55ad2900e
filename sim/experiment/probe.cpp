#include "sim/experiment/probe.h"

#include <algorithm>

namespace aimc::sim {

std::vector<TokenId> probe_tokens(const ExperimentSpec& spec, const LoadedModel& loaded, std::int64_t count) {
  if (spec.accuracy.calibration_text.empty()) return {};
  const auto wanted = static_cast<std::size_t>(std::min<std::int64_t>(count, loaded.model.config.context));
  std::vector<TokenId> ids = sequence_of(*loaded.tokenizer, "");
  for (const auto& sequence : calibration_sequences(spec, loaded)) {
    if (ids.size() >= wanted) break;
    ids.insert(ids.end(), sequence.begin() + 1, sequence.end());
  }
  ids.resize(std::min(ids.size(), wanted));
  return ids;
}

}  // namespace aimc::sim
