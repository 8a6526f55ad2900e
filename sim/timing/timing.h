#pragma once
#include <cstdint>
#include <vector>

#include "base/counts/counts.h"
#include "base/units/quantity.h"
#include "sim/program/program.h"

namespace aimc::sim {

/// The work that is timed: one sequence, a prompt and a number of new tokens. The last prompt token's pass gives the
/// first new token; each further one is a decode pass.
struct InferenceWorkload {
  std::int64_t prompt_tokens = 0;
  std::int64_t new_tokens = 0;
};

/// Where the time on the critical path went. The parts sum to the span exactly.
struct StageTimes {
  Time analog_mvm;  ///< load, DAC, integration, ADC, affine, accumulate
  Time digital;     ///< vector units, digital matmuls (without their weight stream), sampler
  Time attention;   ///< QK^T, softmax, PV
  Time kv_memory;   ///< DRAM: KV cache, embedding, weight streams
  Time network;     ///< unloaded transfer time, on chip and between chips
  Time waiting;     ///< for a busy unit, link or channel
  [[nodiscard]] Time total() const;
  StageTimes& operator+=(const StageTimes& other);
  bool operator==(const StageTimes&) const = default;
};

/// Busy and idle time of the units of one component on one chip, summed over the units.
struct UnitActivity {
  Component component{};
  std::uint32_t chip = 0;
  std::int64_t units = 0;  ///< units of that component on the chip
  std::int64_t used = 0;   ///< units that had at least one job
  Time busy;
  std::int64_t wakes = 0;  ///< idle gaps that ended
};

/// One busy interval of one unit, for traces (kept only when asked for).
struct BusyInterval {
  UnitAddress unit;
  StepId step = 0;
  std::int64_t token = 0;
  Time begin, end;
};

struct TimingResult {
  Time elapsed;                   ///< until the last new token is sampled
  std::vector<Time> token_times;  ///< [new_tokens] when each new token was sampled; [0] is the time to first token
  StageTimes first_token;         ///< split of token_times[0]
  StageTimes decode;              ///< split of elapsed - token_times[0], summed over the decode passes
  Counts counts;
  std::vector<UnitActivity> activity;
  std::int64_t bytes_sent = 0, bytes_received = 0;
  std::int64_t packets = 0, mvms = 0;
  double busiest_link = 0;  ///< largest share of the elapsed time that one link was reserved
  std::vector<BusyInterval> intervals;

  [[nodiscard]] Time time_to_first_token() const { return token_times.front(); }
  /// (elapsed - TTFT) / (new_tokens - 1); zero for a single new token.
  [[nodiscard]] Time time_per_output_token() const;
};

struct TimingOptions {
  bool keep_intervals = false;
};

/// Plays the Program in SystemC and checks its invariants (bytes sent = received, busy <= elapsed, monotone clock, all
/// steps done once per token). One call per process: SystemC elaborates once.
TimingResult simulate_timing(const Program& program, const InferenceWorkload& workload,
                             const TimingOptions& options = {});

}  // namespace aimc::sim
