#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "sim/experiment/run_result.h"

namespace aimc::sim {

/// What to generate.
struct GenerationRequest {
  std::string prompt;
  std::int64_t new_tokens = 64;
  double temperature = 0;  ///< 0: greedy
  std::int64_t top_k = 0;  ///< 0: all tokens
};

struct GenerationResult {
  std::string text;  ///< continuation, without the prompt
  RunResult run;     ///< cost of exactly this prompt and these tokens; accuracy is not measured
};

/// Generates with the experiment's timed deployment (one noise seed) and times the same tokens on the chip. `piece` is
/// told the prompt and then the text as it grows. Throws ConfigError when there are no weights or no such deployment.
GenerationResult generate_text(const ExperimentSpec& spec, const GenerationRequest& request,
                               const std::function<void(const std::string& piece)>& piece);

}  // namespace aimc::sim
