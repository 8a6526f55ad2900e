#pragma once
#include <optional>
#include <string>
#include <vector>

#include "sim/experiment/run_experiment.h"

namespace aimc::sim {

/// One hardware decoding `batch` sequences that all see about `context` positions.
struct BreakEvenPoint {
  std::string system;
  std::int64_t batch = 0, context = 0;
  std::string problem;                 ///< why there are no numbers; empty when there are
  double tokens_per_s = 0;             ///< of all sequences together, without the first token of each
  double time_per_output_token_s = 0;  ///< of one sequence, mean
  double j_per_token = 0;              ///< dynamic energy of a token, and static power for the time a token takes
  double static_share = 0;             ///< of j_per_token
  double mm2 = 0;                      ///< of all chips
  [[nodiscard]] double tokens_per_s_per_mm2() const { return mm2 > 0 ? tokens_per_s / mm2 : 0; }
};

/// What systems are compared by.
enum class BreakEvenMetric : std::uint8_t { tokens_per_s, j_per_token, tokens_per_s_per_mm2 };
inline constexpr BreakEvenMetric break_even_metrics[] = {BreakEvenMetric::tokens_per_s, BreakEvenMetric::j_per_token,
                                                         BreakEvenMetric::tokens_per_s_per_mm2};
[[nodiscard]] double value_of(const BreakEvenPoint& point, BreakEvenMetric metric);

/// Where a competitor draws level with the experiment's hardware at one context length.
struct Crossing {
  std::string against;
  std::int64_t context = 0;
  BreakEvenMetric metric{};
  bool ahead_at_first = false;  ///< whether the competitor is ahead at the smallest batch that both reach
  std::optional<double> batch;  ///< where that changes, between grid points by a power law; nothing: it never does
};

struct BreakEvenResult {
  std::string hardware;  ///< of the experiment; the first of `systems`
  std::vector<std::string> systems;
  std::vector<BreakEvenPoint> points;  ///< system by system, context by context, batch by batch
  std::vector<Crossing> crossings;
};

/// The experiment's own hardware by its name, then those it is compared with. ConfigError when a name stands twice.
[[nodiscard]] std::vector<std::string> break_even_systems(const ExperimentSpec& spec);

/// Times and prices one point. A call a process (SystemC elaborates once). Throws ConfigError where the model or the
/// context does not fit.
[[nodiscard]] BreakEvenPoint measure_point(const ExperimentSpec& spec, const std::string& system, std::int64_t batch,
                                           std::int64_t context);

/// A point as one line of JSON, and back: how a child process reports it.
[[nodiscard]] std::string to_json(const BreakEvenPoint& point);
[[nodiscard]] BreakEvenPoint point_of_json(const std::string& text);

/// Where competitors overtake, from points of a whole grid.
[[nodiscard]] std::vector<Crossing> find_crossings(const BreakEvenResult& result);

/// Measures the whole grid, every point in a process of its own. `assignments`: the --set that made `spec` of `file`.
[[nodiscard]] BreakEvenResult break_even(const ExperimentSpec& spec, const std::filesystem::path& file,
                                         const std::vector<std::string>& assignments, const RunProgress& progress);

}  // namespace aimc::sim
