#include "tiles/spec/tile_spec.h"

#include <algorithm>

#include "base/check/check.h"

namespace aimc::tiles {
namespace {

Index ceil_divide(Index numerator, Index denominator) { return (numerator + denominator - 1) / denominator; }

Time cycles(Index count, Frequency clock) { return Time::from_seconds(static_cast<double>(count) / clock.si()); }

Index input_bytes(const TileSpec& spec, Index rows) { return ceil_divide(rows * spec.input.bits, 8); }
Index output_bytes(const TileSpec& spec, Index columns) { return ceil_divide(columns * spec.partial_sum_bits, 8); }

/// Conversion time that a phase adds after its integration. The columns of one converter are neighbours, so a narrow
/// shard may use a converter for fewer columns than it has.
Time conversion_after_integration(const AdcSpec& adc, Index columns) {
  if (adc.timing == AdcTiming::during_integration) return Time{};
  const std::int64_t ticks = adc.kind == AdcKind::counter ? std::int64_t{1} << adc.bits : adc.bits;
  return adc.tick * ticks * std::min<Index>(adc.columns_per_adc, columns);
}

}  // namespace

Time MvmTiming::period() const { return std::max({load, convert, affine, send}); }
Time MvmTiming::latency() const { return load + convert + affine; }

MvmTiming mvm_timing(const TileSpec& spec, Index rows, Index columns) {
  AIMC_CHECK(rows > 0 && rows <= spec.rows && columns > 0 && columns <= spec.columns,
             "shard {} x {} on an array of {} x {}", rows, columns, spec.rows, spec.columns);
  const InputSpec& input = spec.input;
  const Time pulses = input.pulse_tick * (std::int64_t{1} << (input.bits - 1));
  const Time phase = pulses + input.phase_overhead + conversion_after_integration(spec.adc, columns);
  MvmTiming timing;
  timing.load = cycles(ceil_divide(input_bytes(spec, rows), spec.load_bytes_per_cycle), spec.clock);
  timing.convert = phase * input.phases + input.mvm_overhead;
  timing.affine = cycles(ceil_divide(columns, spec.affine_per_cycle), spec.clock);
  timing.send = send_time(spec, columns);
  return timing;
}

Time accumulate_time(const TileSpec& spec, Index columns) {
  return cycles(ceil_divide(columns, spec.accumulate_per_cycle), spec.clock);
}

Time send_time(const TileSpec& spec, Index columns) {
  return cycles(ceil_divide(output_bytes(spec, columns), spec.send_bytes_per_cycle), spec.clock);
}

MvmActions mvm_actions(const TileSpec& spec, Index rows, Index columns) {
  MvmActions actions;
  actions.dac_conversions = rows * spec.input.phases;
  actions.cell_reads = rows * columns * spec.input.phases;
  actions.adc_conversions = columns * spec.input.phases;
  actions.affine = columns;
  actions.input_bytes = input_bytes(spec, rows);
  actions.output_bytes = output_bytes(spec, columns);
  return actions;
}

std::vector<Index> balanced_split(Index features, Index limit) {
  AIMC_CHECK(features > 0, "cannot split {} features", features);
  const Index parts = limit <= 0 ? 1 : ceil_divide(features, limit);
  std::vector<Index> sizes(static_cast<std::size_t>(parts), features / parts);
  std::fill_n(sizes.begin(), features % parts, features / parts + 1);
  return sizes;
}

}  // namespace aimc::tiles
