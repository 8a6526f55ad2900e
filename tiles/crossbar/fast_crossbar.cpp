#include "tiles/crossbar/fast_crossbar.h"

#include <fmt/format.h>

#include <atomic>
#include <numeric>
#include <string>

#include "base/check/check.h"
#include "base/parallel/parallel.h"
#include "tiles/converter/dac.h"
#include "tiles/crossbar/convert_block.h"
#include "tiles/crossbar/crossbar_kernel.h"
#include "tiles/crossbar/crossbar_weights.h"
#include "tiles/crossbar/drift_compensation.h"
#include "tiles/linear/scratch.h"
#include "tiles/linear/token_blocks.h"

namespace aimc::tiles {
namespace {

constexpr Index tokens_per_dac_task = 16;
constexpr Index worth_a_team = Index{64} << 10;  ///< input codes that outweigh waking the other threads

/// The digital side of one row tile.
struct TileState {
  RowTile rows;
  Vector scale;  ///< [out]: one step of the output (one unit of the sum without ADC) x channel reference
  float static_range = 0;
};

/// What the threads of one forward have in common; the counters are sums of integers, so their order does not matter.
template <class Code>
struct Pass {
  const MatrixView& x;
  MatrixSpan& y;
  Code* codes;    ///< row tile by row tile, [tokens, rows] each
  float* ranges;  ///< [row tiles, tokens]
  std::atomic<std::int64_t> driven{0}, clipped{0}, converted{0}, saturated{0}, accumulated{0};
};

class FastCrossbar final : public Linear {
 public:
  FastCrossbar(const WeightRows& weights, const TileSpec& spec, const AnalogLinearOptions& options,
               const Device* device, const RandomKey& key);

  Index in_features() const override { return in_; }
  Index out_features() const override { return out_; }
  std::string_view kernel() const override { return kernel_; }
  SetupCounts setup() const override {
    return {.cells_programmed = in_ * out_, .compensation_reads = compensation_reads_};
  }

 private:
  void multiply(MatrixView x, MatrixSpan y, VectorIds ids, LinearCounts& counts) const override;
  template <class Code>
  void run(const MatrixView& x, MatrixSpan& y, LinearCounts& counts) const;
  template <class Code>
  void drive_rows(Pass<Code>& pass, Index first, Index tokens) const;
  template <class Code>
  void read_columns(Pass<Code>& pass, const OutputBlock& piece) const;
  template <class Sum>
  std::int64_t read_tile(const TileState& tile, const void* codes, const OutputBlock& piece,
                         ColumnSums<Sum> block) const;

  std::int64_t read_planes(const TileState& tile, const void* codes, const OutputBlock& piece,
                           const ColumnSums<float>& block) const;

  Index in_, out_;
  InputSpec input_;
  AdcTransfer adc_;
  bool converts_;  ///< false: outputs are neither rounded nor clipped
  ProductType type_;
  std::int64_t compensation_reads_;
  std::unique_ptr<CompensationProbe> probe_;  ///< while the arrays are programmed, with drift compensation
  CrossbarWeights weights_;
  std::vector<TileState> tiles_;
  Index column_tiles_;
  std::string kernel_;
};

void check_options(const WeightRows& weights, const TileSpec& spec, const AnalogLinearOptions& options) {
  const auto sum = [](const std::vector<Index>& sizes) {
    return std::accumulate(sizes.begin(), sizes.end(), Index{0});
  };
  AIMC_CHECK(weights.rows() > 0 && weights.cols() > 0 && sum(options.row_tiles) == weights.cols(),
             "row tiles of {} inputs", weights.cols());
  AIMC_CHECK(options.column_tiles.empty() || sum(options.column_tiles) == weights.rows(), "column tiles of {} outputs",
             weights.rows());
  AIMC_CHECK(
      spec.input.range == InputRangeMode::dynamic_range || options.input_ranges.size() == options.row_tiles.size(),
      "{} ranges for {} row tiles", options.input_ranges.size(), options.row_tiles.size());
}

bool on_grid(const AnalogLinearOptions& options) { return options.arithmetic == CrossbarArithmetic::grid; }

ProductType checked_type(const WeightRows& weights, const TileSpec& spec, const AnalogLinearOptions& options) {
  check_options(weights, spec, options);
  const ProductType type = product_type(options.kernel, weights.rows() * weights.cols());
  return on_grid(options) ? type : ProductType::fp32;
}

std::unique_ptr<CompensationProbe> make_probe(const TileSpec& spec, const AnalogLinearOptions& options,
                                              const Programming& programming, Index out) {
  if (options.compensation == DriftCompensation::none) return nullptr;
  return std::make_unique<CompensationProbe>(spec, options, programming, out);
}

CrossbarWeights::Observer observer_of(CompensationProbe* probe) {
  if (probe == nullptr) return {};
  return [probe](std::size_t tile, Index channel, std::span<const float> target, std::span<const float> codes) {
    probe->observe(tile, channel, target, codes);
  };
}

CrossbarWeights::Options weight_options(const TileSpec& spec, const AnalogLinearOptions& options, ProductType type) {
  return {.type = type,
          .on_grid = on_grid(options),
          .largest_input = largest_code(spec.input.bits),
          .scale_from = spec.adc.scale_from,
          .seconds = options.seconds};
}

FastCrossbar::FastCrossbar(const WeightRows& weights, const TileSpec& spec, const AnalogLinearOptions& options,
                           const Device* device, const RandomKey& key)
    : in_(weights.cols()),
      out_(weights.rows()),
      input_(spec.input),
      adc_(spec.input.bits, spec.adc),
      converts_(options.effects.has(Effect::output_rounding)),
      type_(checked_type(weights, spec, options)),
      compensation_reads_(tiles::compensation_reads(options)),
      probe_(make_probe(spec, options, Programming(weights, row_tiles_of(options.row_tiles), device, key), out_)),
      weights_(weights, Programming(weights, row_tiles_of(options.row_tiles), device, key),
               weight_options(spec, options, type_), observer_of(probe_.get())),
      column_tiles_(std::max<Index>(1, static_cast<Index>(options.column_tiles.size()))) {
  if (!weights_.fits()) {
    type_ = ProductType::fp32;
    weights_ = CrossbarWeights(weights, Programming(weights, row_tiles_of(options.row_tiles), device, key),
                               weight_options(spec, options, type_), observer_of(probe_.get()));
  }
  const double adc_step = spec.adc.out_bound / adc_.largest();
  const double sum_step = 1.0 / (static_cast<double>(largest_code(input_.bits)) * weight_grid);
  const auto step = static_cast<float>(converts_ ? adc_step : sum_step);
  for (const RowTile& rows : row_tiles_of(options.row_tiles)) {
    const auto number = static_cast<std::size_t>(rows.number);
    tiles_.push_back({.rows = rows, .scale = weights_.reference(number) * step, .static_range = 0});
    if (input_.range == InputRangeMode::static_range) tiles_.back().static_range = options.input_ranges[number];
    if (probe_ != nullptr)
      tiles_.back().scale = tiles_.back().scale.cwiseProduct(probe_->factors(number, weights_.reference(number)));
  }
  probe_.reset();
  kernel_ =
      fmt::format("{} onednn {}{}", name_of(type_), weights_.implementation(), on_grid(options) ? "" : " off grid");
}

void FastCrossbar::multiply(MatrixView x, MatrixSpan y, VectorIds /*ids*/, LinearCounts& counts) const {
  if (type_ == ProductType::int8) {
    run<std::uint8_t>(x, y, counts);
  } else if (type_ == ProductType::bf16) {
    run<std::uint16_t>(x, y, counts);
  } else {
    run<float>(x, y, counts);
  }
}

template <class Code>
void FastCrossbar::run(const MatrixView& x, MatrixSpan& y, LinearCounts& counts) const {
  const Index tokens = x.rows();
  Pass<Code> pass{.x = x,
                  .y = y,
                  .codes = scratch<Code>(Scratch::codes, static_cast<std::size_t>(tokens * in_)),
                  .ranges = scratch<float>(Scratch::ranges, static_cast<std::size_t>(tokens) * tiles_.size())};
  if (tokens * in_ < worth_a_team) {
    drive_rows(pass, 0, tokens);
  } else {
    parallel_for((tokens + tokens_per_dac_task - 1) / tokens_per_dac_task, [&](std::int64_t task) {
      const Index first = task * tokens_per_dac_task;
      drive_rows(pass, first, std::min(tokens_per_dac_task, tokens - first));
    });
  }
  for_each_output_block(tokens, weights_.blocks(), in_ * out_,
                        [&](const OutputBlock& piece) { read_columns(pass, piece); });

  const auto row_tiles = static_cast<Index>(tiles_.size());
  counts.mvms += tokens * row_tiles * column_tiles_;
  counts.dac_conversions += pass.driven * column_tiles_ * input_.phases;  // every column tile drives its own rows
  counts.cell_reads += pass.driven * out_ * input_.phases;
  counts.adc_conversions += pass.converted * input_.phases;
  counts.affine += pass.converted;
  counts.accumulate += pass.accumulated;
  counts.dac_clipped += pass.clipped;
  counts.adc_clipped += pass.saturated;
}

/// DAC: codes and ranges of some tokens for all row tiles.
template <class Code>
void FastCrossbar::drive_rows(Pass<Code>& pass, Index first, Index tokens) const {
  std::int64_t driven = 0, clipped = 0;
  for (Index token = first; token < first + tokens; ++token) {
    for (const TileState& tile : tiles_) {
      const RowTile& rows = tile.rows;
      const float* x = pass.x.data() + token * pass.x.outerStride() + rows.begin;
      const bool dynamic = input_.range == InputRangeMode::dynamic_range;
      const float range = dynamic ? largest_magnitude(x, rows.rows) : tile.static_range;
      pass.ranges[rows.number * pass.x.rows() + token] =
          std::is_same_v<Code, std::uint8_t> ? range_with_nan(x, rows.rows, range) : range;
      Code* codes = pass.codes + pass.x.rows() * rows.begin + token * rows.rows;
      clipped += quantize_inputs(x, rows.rows, range, largest_code(input_.bits), codes);
      driven += rows.rows;
    }
  }
  pass.driven += driven;
  pass.clipped += clipped;
}

/// Array, ADC, affine and accumulate for one piece of the output. The ADC acts on each row tile's sums while they are
/// in the cache, before they are added.
template <class Code>
void FastCrossbar::read_columns(Pass<Code>& pass, const OutputBlock& piece) const {
  const Index tokens = pass.x.rows(), columns = weights_.block_columns(piece.column_block),
              first = weights_.block_begin(piece.column_block);
  std::int64_t converted = 0, saturated = 0;
  for (const TileState& tile : tiles_) {
    const Code* codes = pass.codes + tokens * tile.rows.begin + piece.token * tile.rows.rows;
    const auto block = [&]<class Sum>(Sum) {
      return ColumnSums<Sum>{.sums = nullptr,
                             .tokens = piece.tokens,
                             .columns = columns,
                             .scale = tile.scale.data() + first,
                             .ranges = pass.ranges + tile.rows.number * tokens + piece.token,
                             .y = pass.y.data() + piece.token * pass.y.outerStride() + first,
                             .y_stride = pass.y.outerStride()};
    };
    const bool wide = weights_.wide(static_cast<std::size_t>(tile.rows.number), piece.column_block);
    if (!wide && type_ == ProductType::int8 && converts_ && adc_.fast()) {
      saturated += read_planes(tile, codes, piece, block(float{}));
    } else {
      saturated +=
          wide ? read_tile(tile, codes, piece, block(double{})) : read_tile(tile, codes, piece, block(float{}));
    }
    converted += piece.tokens * columns;
    if (tile.rows.number > 0) pass.accumulated += piece.tokens * columns;
  }
  pass.converted += converted;
  pass.saturated += saturated;
}

std::int64_t FastCrossbar::read_planes(const TileState& tile, const void* codes, const OutputBlock& piece,
                                       const ColumnSums<float>& block) const {
  auto* planes = scratch<std::int32_t>(Scratch::plane_sums, static_cast<std::size_t>(2 * piece.tokens * block.columns));
  const PlaneSums sums = weights_.multiply_planes(static_cast<std::size_t>(tile.rows.number), piece.column_block, codes,
                                                  piece.tokens, planes);
  return convert_block(adc_, sums, block, tile.rows.number == 0);
}

template <class Sum>
std::int64_t FastCrossbar::read_tile(const TileState& tile, const void* codes, const OutputBlock& piece,
                                     ColumnSums<Sum> block) const {
  auto* sums = scratch<Sum>(Scratch::partial_sums, static_cast<std::size_t>(piece.tokens * block.columns));
  weights_.multiply(static_cast<std::size_t>(tile.rows.number), piece.column_block, codes, piece.tokens, sums);
  block.sums = sums;
  const bool first_tile = tile.rows.number == 0;
  if (converts_) return convert_block(adc_, block, first_tile);
  scale_block(block, first_tile);
  return 0;
}

}  // namespace

bool fast_crossbar_serves(const TileSpec& spec, const Effects& effects) {
  const PeripherySpec& p = spec.periphery;
  const auto acts = [&](Effect effect, double magnitude) { return magnitude != 0 && effects.has(effect); };
  const bool plain_mvm =
      p.mode == MvmMode::one_pass && p.bound_management == BoundManagement::none && spec.slicing.weight_bits == 0;
  const bool plain_ranges = spec.input.range == InputRangeMode::static_range ||
                            (p.noise_management == NoiseManagement::maximum_magnitude && p.noise_management_limit == 0);
  const bool plain_converters = effects.has(Effect::input_rounding) && effects.has(Effect::input_clipping) &&
                                effects.has(Effect::output_rounding) == effects.has(Effect::output_clipping);
  const bool ideal_circuits =
      !acts(Effect::input_noise, p.input_noise) && !acts(Effect::input_asymmetry, p.input_asymmetry) &&
      !acts(Effect::ir_drop, p.ir_drop) && !acts(Effect::array_read_noise, p.array_read_noise) &&
      !acts(Effect::voltage_offset, p.voltage_offset_std) && !acts(Effect::voltage_offset, p.series_resistance) &&
      !acts(Effect::output_nonlinearity, p.output_nonlinearity) &&
      !acts(Effect::output_asymmetry, p.output_asymmetry) && !acts(Effect::output_noise, p.output_noise) &&
      !acts(Effect::column_spread, p.gain_spread) && !acts(Effect::column_spread, p.offset_spread);
  return plain_mvm && plain_ranges && plain_converters && ideal_circuits;
}

std::unique_ptr<Linear> make_fast_crossbar(const WeightRows& weights, const TileSpec& spec,
                                           const AnalogLinearOptions& options, const Device* device,
                                           const RandomKey& key) {
  return std::make_unique<FastCrossbar>(weights, spec, options, device, key);
}

}  // namespace aimc::tiles
