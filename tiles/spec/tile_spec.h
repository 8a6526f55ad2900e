#pragma once
#include <cstdint>
#include <vector>

#include "base/tensor/matrix.h"
#include "base/units/idle_power.h"
#include "base/units/quantity.h"
#include "tiles/spec/periphery_spec.h"

namespace aimc::tiles {

/// Static ranges are calibrated once; a dynamic range is the maximum magnitude of each vector (DI8).
enum class InputRangeMode : std::uint8_t { static_range, dynamic_range };
/// Whether linears that read the same vector (q/k/v, gate/up) share one DAC encoding of it.
enum class InputRangeSharing : std::uint8_t { per_input, per_linear };
/// Which weights define the ADC full scale and the digital channel scale (numerics B.3).
enum class AdcScaleSource : std::uint8_t { target, noisy };
/// When the converter works: counting while the input pulses run; after the integration has ended; or on held samples,
/// while the array integrates the next pass (ISAAC).
enum class AdcTiming : std::uint8_t { during_integration, after_integration, sample_and_hold };
/// How conversion time after integration grows with bits: a counter takes 2^bits ticks, a SAR takes bits ticks.
enum class AdcKind : std::uint8_t { counter, sar };

/// Pulse-width modulated inputs: one code is a pulse of |code| ticks, 2^(bits-1) ticks a phase (hardware 1.2).
struct InputSpec {
  int bits = 8;         ///< 2..8 (to 16 with sliced weights); codes -(2^(bits-1)-1) .. +(2^(bits-1)-1)
  int phases = 1;       ///< 1 or 4 integrations an MVM (HERMES low / high precision)
  Time pulse_tick;      ///< duration of one code step
  Time phase_overhead;  ///< per phase
  Time mvm_overhead;    ///< per MVM
  InputRangeMode range = InputRangeMode::static_range;
  InputRangeSharing sharing = InputRangeSharing::per_input;
};

/// Column converters. Full scale is out_bound, in units of one device at maximum conductance driven by a full-scale
/// input, the same for every layer (numerics A.3).
struct AdcSpec {
  int bits = 8;  ///< 2..16; codes -(2^(bits-1)-1) .. +(2^(bits-1)-1)
  double out_bound = 14;
  int counter_bits = 12;  ///< physical counter width (HERMES: 12), not seen by the numerics
  AdcKind kind = AdcKind::counter;
  AdcTiming timing = AdcTiming::during_integration;
  Time tick;                ///< see AdcKind
  int columns_per_adc = 1;  ///< neighbouring columns that take turns at one converter (not during_integration)
  AdcScaleSource scale_from = AdcScaleSource::target;
};

/// One crossbar tile: the ONE description from which numerics, latency, energy and area are computed.
struct TileSpec {
  Index rows = 0;     ///< word lines of an array = inputs of a row tile
  Index columns = 0;  ///< bit-line pairs of an array = outputs
  int devices_per_weight = 0;
  int weight_bits_equivalent = 0;  ///< as published; information only
  int arrays = 1;                  ///< that compute at the same time; they share load, affine, accumulator and send
  int tiers = 1;                   ///< stacked under each of them, one of a stack active at a time
  InputSpec input;
  AdcSpec adc;
  PeripherySpec periphery;
  SlicingSpec slicing;
  Frequency clock;                 ///< of the tile's registers, affine and accumulate logic
  Index load_bytes_per_cycle = 0;  ///< input buffer fill
  Index send_bytes_per_cycle = 0;  ///< output buffer drain
  Index affine_per_cycle = 0;      ///< columns scaled per cycle
  Index accumulate_per_cycle = 0;  ///< partial sums added per cycle
  int partial_sum_bits = 16;       ///< width of a scaled partial sum on the network
  Area area;                       ///< of one tile with its converters and local logic
  IdlePower idle;
};

/// Magnitude of the largest input (output) code: 2^(bits-1) - 1 (numerics A.3: 127 for 8 bits).
[[nodiscard]] constexpr int largest_code(int bits) { return (1 << (bits - 1)) - 1; }

/// The stages of one MVM; they overlap between consecutive MVMs of a tile (double buffering).
struct MvmTiming {
  Time load;     ///< input codes into the buffer
  Time convert;  ///< DAC pulses, integration and ADC: the array is busy
  Time affine;   ///< range x scale on every column
  Time send;     ///< scaled partial sums out of the output buffer
  Time hold;     ///< sample_and_hold: the last conversion, while the array is free for the next MVM
  /// Back-to-back distance of MVMs: the slowest stage.
  [[nodiscard]] Time period() const;
  /// From the first input byte in the buffer to the last scaled partial sum: load + convert + hold + affine (send not
  /// included).
  [[nodiscard]] Time latency() const;
};
/// rows and outputs (columns) are those of the shard in use (<= outputs_per_array). convert = phases x sum over the
/// passes of the mode (2^(bits of the pass) x pulse_tick + phase_overhead, and where it converts: plus the conversion
/// after_integration, at least the conversion otherwise) + mvm_overhead (hardware 1.2).
[[nodiscard]] MvmTiming mvm_timing(const TileSpec& spec, Index rows, Index columns);
/// Mean distance of the MVMs of a whole tile whose arrays all work: its arrays convert side by side, the other stages
/// are theirs in turn. With one array MvmTiming::period().
[[nodiscard]] Time tile_period(const TileSpec& spec, const MvmTiming& timing);

/// Time the tile's accumulator needs to add one partial sum of `columns` values: ceil(columns / accumulate_per_cycle).
[[nodiscard]] Time accumulate_time(const TileSpec& spec, Index columns);
/// Time the output buffer needs to drain `columns` partial sums into the network (MvmTiming::send).
[[nodiscard]] Time send_time(const TileSpec& spec, Index columns);

/// What one MVM of a shard of rows x outputs (columns) makes happen; the timing executor counts with it, the functional
/// one in its loops (both from input_passes), and the two are compared. Every pass of a phase drives all rows, and
/// converts all columns of cells where the mode says so; the affine step acts once an output, on the sum of phases,
/// passes and slices. Bytes are those of packed codes (rows x input.bits, columns x partial_sum_bits).
struct MvmActions {
  std::int64_t dac_conversions = 0, cell_reads = 0, adc_conversions = 0, affine = 0, input_bytes = 0, output_bytes = 0;
};
[[nodiscard]] MvmActions mvm_actions(const TileSpec& spec, Index rows, Index columns);

/// Sizes of the row tiles of `features` inputs: n = ceil(features / limit) parts whose sizes differ by at most one, the
/// larger first (numerics A.1). limit <= 0: one part.
[[nodiscard]] std::vector<Index> balanced_split(Index features, Index limit);

}  // namespace aimc::tiles
