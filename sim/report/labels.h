#pragma once
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/experiment/run_result.h"

namespace aimc::sim {

/// "published", "derived", "assumed", "user", "unspecified".
[[nodiscard]] std::string_view kind_name(config::ValueKind kind);

/// "3.q_proj" for "model.layers.3.self_attn.q_proj"; names outside the layers keep their last part.
[[nodiscard]] std::string short_linear_name(const std::string& name);

/// "12.3 %"; small shares with one significant digit, "0.004 %", so that only nothing is "0.0 %".
[[nodiscard]] std::string percent(double share);

/// The stages of a latency in the order they are printed.
[[nodiscard]] std::vector<std::pair<std::string_view, Time>> stage_list(const StageTimes& stages);

/// Dynamic energy by operator class, layers merged ("q_proj", "attention", "lm_head"), largest first.
[[nodiscard]] std::vector<std::pair<std::string, Energy>> energy_by_operator(const RunResult& result);

/// Whether a paired difference rests on two pairs or more (one alone has no interval).
[[nodiscard]] bool has_interval(const PairedDifference& difference);

/// Output tokens per second of the decode phase; of the whole run when only one token is made.
[[nodiscard]] double decode_rate(const TimingResult& timing);

}  // namespace aimc::sim
