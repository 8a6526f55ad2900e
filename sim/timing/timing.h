#pragma once
#include <cstdint>
#include <vector>

#include "base/counts/counts.h"
#include "base/units/quantity.h"
#include "interconnect/topology/package_topology.h"
#include "sim/program/program.h"
#include "sim/timing/mvm_repeats.h"
#include "sim/timing/path_resources.h"
#include "sim/timing/workload.h"

namespace aimc::sim {

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

/// How long a link of the network was reserved.
struct LinkUse {
  interconnect::LinkPlace place;
  Time reserved;
};

/// One busy interval of one unit, for traces (kept only when asked for).
struct BusyInterval {
  UnitAddress unit;
  StepId step = 0;
  std::int64_t token = 0;  ///< of its request, the first prompt token is 0
  Time begin, end;
  std::uint32_t request = 0;
};

/// What a request saw.
struct RequestTiming {
  Time arrival;
  Time started;                   ///< admitted; its first token began
  std::vector<Time> token_times;  ///< [new_tokens] when each new token was sampled (same clock as arrival)
  [[nodiscard]] Time time_to_first_token() const { return token_times.front() - arrival; }
  /// Mean time between its new tokens; zero for a single one.
  [[nodiscard]] Time time_per_output_token() const;
};

/// How the decode positions were timed: each in simulation, or between two simulated ones by interpolation. Of several
/// requests, all tokens are counted.
struct DecodeSampling {
  std::int64_t simulated = 0, interpolated = 0;
  double largest_deviation = 0;  ///< of interpolated from simulated token time, relative, over all positions checked
};

struct TimingResult {
  Time elapsed;  ///< until the last new token is sampled
  /// [new_tokens] of the first request, when each was sampled; [0] is the time to first token (the request arrives at
  /// time 0).
  std::vector<Time> token_times;
  StageTimes first_token;  ///< split of token_times[0]
  StageTimes decode;       ///< split of token_times.back() - token_times[0], summed over the decode passes
  PathResources first_token_path, decode_path;  ///< the same spans by resource
  std::vector<RequestTiming> requests;          ///< as in the workload
  DecodeSampling sampling;
  Counts counts;
  std::vector<UnitActivity> activity;
  std::int64_t bytes_sent = 0, bytes_received = 0;
  std::int64_t packets = 0, mvms = 0;
  std::vector<LinkUse> links;  ///< those that carried something
  double busiest_link = 0;     ///< largest share of the elapsed time that one link was reserved
  std::vector<BusyInterval> intervals;

  [[nodiscard]] Time time_to_first_token() const { return requests.front().time_to_first_token(); }
  /// Of the first request.
  [[nodiscard]] Time time_per_output_token() const;
};

struct TimingOptions {
  bool keep_intervals = false;
  bool exact = false;                 ///< simulate every decode position
  double sampling_tolerance = 0.001;  ///< largest relative error of an interpolated token time, where it is checked
  MvmRepeats repeats;                 ///< of bound management, which keep arrays busy
};

/// Plays the Program in SystemC and checks its invariants (bytes sent = received, busy <= elapsed, monotone clock, all
/// steps done once per token). One call per process: SystemC elaborates once.
TimingResult simulate_timing(const Program& program, const InferenceWorkload& workload,
                             const TimingOptions& options = {});

}  // namespace aimc::sim
