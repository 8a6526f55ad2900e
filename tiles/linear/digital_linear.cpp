#include "tiles/linear/digital_linear.h"

#include <fmt/format.h>

#include <string>

#include "base/check/check.h"
#include "tiles/converter/dac.h"
#include "tiles/linear/float_linear.h"
#include "tiles/linear/integer_product.h"
#include "tiles/linear/rounded_weights.h"
#include "tiles/linear/scratch.h"
#include "tiles/linear/token_blocks.h"

namespace aimc::tiles {
namespace {

constexpr int float_weights = 16;

/// Weights rounded when they are read, and the scale that turns each channel's codes back (numerics A.6, one tile per
/// row).
class RoundedRows final : public WeightRows {
 public:
  /// scales [out] is filled as channels are read.
  RoundedRows(const WeightRows& weights, int bits, Vector& scales) : weights_(weights), bits_(bits), scales_(scales) {
    scales_.resize(weights.rows());
  }
  [[nodiscard]] Index rows() const override { return weights_.rows(); }
  [[nodiscard]] Index cols() const override { return weights_.cols(); }
  void read(Index first, MatrixSpan to) const override {
    weights_.read(first, to);
    for (Index c = 0; c < to.rows(); ++c)
      scales_[first + c] = round_channel(to.data() + c * to.outerStride(), cols(), bits_);
  }

 private:
  const WeightRows& weights_;
  int bits_;
  Vector& scales_;
};

void count_work(const Linear& linear, Index tokens, int weight_bits, LinearCounts& counts) {
  const Index weights = linear.in_features() * linear.out_features();
  counts.digital_macs += tokens * weights;
  counts.weight_bytes += tokens * ((weights * weight_bits + 7) / 8);  // streamed anew for each token
}

/// weight_bits 16: the float product, with the counts of a digital unit.
class DigitalFloatLinear final : public Linear {
 public:
  explicit DigitalFloatLinear(const WeightRows& weights) : linear_(make_float_linear(weights)) {}
  Index in_features() const override { return linear_->in_features(); }
  Index out_features() const override { return linear_->out_features(); }
  std::string_view kernel() const override { return linear_->kernel(); }

 private:
  void multiply(MatrixView x, MatrixSpan y, VectorIds ids, LinearCounts& counts) const override {
    linear_->forward(x, y, counts, ids);
    count_work(*this, x.rows(), float_weights, counts);
  }

  std::unique_ptr<Linear> linear_;
};

class DigitalLinear final : public Linear {
 public:
  DigitalLinear(const WeightRows& weights, const DigitalLinearOptions& options)
      : options_(options),
        product_(RoundedRows(weights, options.weight_bits, scales_), largest_code(options.weight_bits),
                 largest_code(options.input_bits), fastest_integer_type(weights.rows() * weights.cols())),
        kernel_(fmt::format("int{} onednn {}", options.weight_bits, product_.implementation())) {}

  Index in_features() const override { return product_.in_features(); }
  Index out_features() const override { return product_.out_features(); }
  std::string_view kernel() const override { return kernel_; }

 private:
  void multiply(MatrixView x, MatrixSpan y, VectorIds /*ids*/, LinearCounts& counts) const override {
    auto* ranges = scratch<float>(Scratch::ranges, static_cast<std::size_t>(x.rows()));
    if (product_.type() == ProductType::int8) {
      multiply_codes<std::uint8_t>(x, ranges, y, counts);
    } else if (product_.type() == ProductType::bf16) {
      multiply_codes<std::uint16_t>(x, ranges, y, counts);
    } else {
      multiply_codes<float>(x, ranges, y, counts);
    }
    count_work(*this, x.rows(), options_.weight_bits, counts);
  }

  template <class Code>
  void multiply_codes(const MatrixView& x, float* ranges, MatrixSpan& y, LinearCounts& counts) const {
    const Index in = in_features();
    auto* codes = scratch<Code>(Scratch::codes, static_cast<std::size_t>(x.rows() * in));
    for (Index token = 0; token < x.rows(); ++token) {
      const float* row = x.data() + token * x.outerStride();
      const bool dynamic = options_.range == InputRangeMode::dynamic_range;
      ranges[token] = dynamic ? largest_magnitude(row, in) : options_.input_range;
      counts.dac_clipped +=
          quantize_inputs(row, in, ranges[token], largest_code(options_.input_bits), codes + token * in);
      if (std::is_same_v<Code, std::uint8_t>) ranges[token] = range_with_nan(row, in, ranges[token]);
    }
    for_each_output_block(x.rows(), product_.blocks(), in * out_features(), [&](const OutputBlock& piece) {
      const Index columns = product_.block_columns(piece.column_block),
                  first = product_.block_begin(piece.column_block);
      auto* sums = scratch<double>(Scratch::partial_sums, static_cast<std::size_t>(piece.tokens * columns));
      product_.multiply(codes + piece.token * in, piece.tokens, piece.column_block, sums);
      for (Index token = piece.token; token < piece.token + piece.tokens; ++token) {
        const double step = static_cast<double>(ranges[token]) / largest_code(options_.input_bits);
        for (Index c = 0; c < columns; ++c)
          y(token, first + c) = static_cast<float>(*sums++ * step * static_cast<double>(scales_[first + c]));
      }
    });
  }

  DigitalLinearOptions options_;
  Vector scales_;  ///< [out]; filled while product_ is made, so declared before it
  IntegerProduct product_;
  std::string kernel_;
};

/// Weights that are no integers any more, and inputs that are.
class HeldDigitalLinear final : public Linear {
 public:
  HeldDigitalLinear(const WeightRows& held, const DigitalLinearOptions& options)
      : options_(options), linear_(make_float_linear(held)) {}
  Index in_features() const override { return linear_->in_features(); }
  Index out_features() const override { return linear_->out_features(); }
  std::string_view kernel() const override { return linear_->kernel(); }

 private:
  void multiply(MatrixView x, MatrixSpan y, VectorIds ids, LinearCounts& counts) const override {
    const Index in = in_features();
    const int largest = largest_code(options_.input_bits);
    Matrix rounded(x.rows(), in);
    for (Index token = 0; token < x.rows(); ++token) {
      const float* row = x.data() + token * x.outerStride();
      const bool dynamic = options_.range == InputRangeMode::dynamic_range;
      const float range = dynamic ? largest_magnitude(row, in) : options_.input_range;
      counts.dac_clipped += quantize_inputs(row, in, range, largest, rounded.data() + token * in);
      rounded.row(token) *= range / static_cast<float>(largest);
    }
    linear_->forward(rounded, y, counts, ids);
    count_work(*this, x.rows(), options_.weight_bits, counts);
  }

  DigitalLinearOptions options_;
  std::unique_ptr<Linear> linear_;
};

void check_bits(const DigitalLinearOptions& options) {
  if (options.weight_bits < 2 || options.weight_bits > 8)
    throw ConfigError(
        fmt::format("a digital linear of {}-bit weights: choose 2 to 8 bits, or 16", options.weight_bits));
  if (options.input_bits < 2 || options.input_bits > 8)
    throw ConfigError(fmt::format("a digital linear of {}-bit inputs: choose 2 to 8 bits", options.input_bits));
}

}  // namespace

std::unique_ptr<Linear> make_digital_linear(const WeightRows& weights, const DigitalLinearOptions& options) {
  if (options.weight_bits == float_weights) return std::make_unique<DigitalFloatLinear>(weights);
  check_bits(options);
  return std::make_unique<DigitalLinear>(weights, options);
}

std::unique_ptr<Linear> make_held_digital_linear(const WeightRows& held, const DigitalLinearOptions& options) {
  if (options.weight_bits == float_weights) return std::make_unique<DigitalFloatLinear>(held);
  check_bits(options);
  return std::make_unique<HeldDigitalLinear>(held, options);
}

std::unique_ptr<Linear> make_digital_linear(const Matrix& weights, const DigitalLinearOptions& options) {
  return make_digital_linear(MatrixRows(weights), options);
}

}  // namespace aimc::tiles
