#include "sim/functional/calibrate.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <variant>

#include "base/check/check.h"
#include "base/parallel/parallel.h"
#include "sim/functional/range_statistics.h"

namespace aimc::sim {

namespace {

using workloads::Operand;

constexpr Index quantile_tokens = 1000;  // of CACHE_QUANTILE, numerics A.4

/// Which tokens of the whole text the quantile looks at: all, or `quantile_tokens` evenly spaced ones.
std::vector<std::vector<bool>> choose_tokens(const std::vector<std::vector<TokenId>>& sequences) {
  Index total = 0;
  for (const auto& sequence : sequences) total += static_cast<Index>(sequence.size());
  std::vector<std::vector<bool>> chosen;
  Index token = 0;
  for (const auto& sequence : sequences) {
    auto& flags = chosen.emplace_back();
    for (std::size_t i = 0; i < sequence.size(); ++i, ++token) {
      // The bucket of the token differs from its predecessor's exactly quantile_tokens times over the text.
      flags.push_back(total <= quantile_tokens || token == 0 ||
                      token * quantile_tokens / total != (token - 1) * quantile_tokens / total);
    }
  }
  return chosen;
}

using StatisticsByLinear = std::map<NodeId, std::vector<RangeStatistics>>;

StatisticsByLinear empty_statistics(const Program& program, const CalibrationOptions& options) {
  StatisticsByLinear statistics;
  for (const auto& placement : program.linears)
    for (const Index rows : placement.row_tiles)
      statistics[placement.linear].emplace_back(options, quantile_tokens, rows);
  return statistics;
}

}  // namespace

void share_ranges(const Program& program, InputRanges& ranges) {
  if (program.hardware.tile.input.sharing != tiles::InputRangeSharing::per_input) return;
  std::map<std::tuple<NodeId, std::int64_t, std::int64_t, std::size_t>, std::vector<NodeId>> readers;
  for (const auto& placement : program.linears) {
    const Operand& operand = program.graph.node(placement.linear).inputs.at(0);
    if (const auto found = ranges.find(placement.linear); found != ranges.end())
      readers[{operand.node, operand.offset, operand.width, found->second.size()}].push_back(placement.linear);
  }
  for (const auto& [operand, linears] : readers) {
    auto merged = ranges.at(linears.front());
    for (const NodeId linear : linears)
      for (std::size_t t = 0; t < merged.size(); ++t) merged[t] = std::max(merged[t], ranges.at(linear)[t]);
    for (const NodeId linear : linears) ranges.at(linear) = merged;
  }
}

InputRanges calibrate(const Program& program, const SharedTensors& shared, const LinearSet& float_linears,
                      const std::vector<std::vector<TokenId>>& sequences, const CalibrationOptions& options) {
  AIMC_CHECK(options.method != CalibrationMethod::checkpoint);
  if (sequences.empty()) throw InputError("the calibration text holds no text: static input ranges need at least one");
  constexpr int float_kv_bits = 32;
  const FunctionalExecutor executor(program, shared, float_linears, float_kv_bits);
  const auto chosen = choose_tokens(sequences);
  std::vector<StatisticsByLinear> of_sequence(sequences.size());
  parallel_for(static_cast<std::int64_t>(sequences.size()), [&](std::int64_t i) {
    const auto at = static_cast<std::size_t>(i);
    auto& statistics = of_sequence[at] = empty_statistics(program, options);
    const InputObserver observer = [&](NodeId linear, MatrixView input) {
      Index column = 0;
      auto& tiles = statistics.at(linear);
      const auto& sizes = program.placement(linear).row_tiles;
      for (std::size_t t = 0; t < tiles.size(); ++t) {
        tiles[t].add(input.middleCols(column, sizes[t]), chosen[at]);
        column += sizes[t];
      }
    };
    Sequence sequence = executor.new_sequence(static_cast<Index>(sequences[at].size()));
    executor.forward(sequences[at], sequence, LogitsFor::every_token, nullptr, Phase::prefill, &observer);
  });

  InputRanges ranges;
  for (auto& [linear, tiles] : of_sequence.front()) {
    for (std::size_t t = 0; t < tiles.size(); ++t) {
      for (std::size_t s = 1; s < of_sequence.size(); ++s) tiles[t].append(of_sequence[s].at(linear)[t]);
      ranges[linear].push_back(tiles[t].range());
    }
  }
  share_ranges(program, ranges);
  return ranges;
}

}  // namespace aimc::sim
