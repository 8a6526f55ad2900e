#include "tiles/linear/float_linear.h"

#include <fmt/format.h>

#include <string>

#include "tiles/linear/packed_product.h"
#include "tiles/linear/scratch.h"
#include "tiles/linear/token_blocks.h"

namespace aimc::tiles {
namespace {

class FloatLinear final : public Linear {
 public:
  explicit FloatLinear(const WeightRows& weights)
      : product_(weights, ProductType::fp32, ProductSums::rounded),
        kernel_(fmt::format("fp32 onednn {}", product_.implementation())) {}

  Index in_features() const override { return product_.in_features(); }
  Index out_features() const override { return product_.out_features(); }
  std::string_view kernel() const override { return kernel_; }

 private:
  void multiply(MatrixView x, MatrixSpan y, VectorIds /*ids*/, LinearCounts& /*counts*/) const override {
    const Index in = in_features();
    const Matrix copy = x.outerStride() == in ? Matrix() : Matrix(x);
    const float* input = copy.size() > 0 ? copy.data() : x.data();
    for_each_output_block(x.rows(), product_.blocks(), in * out_features(), [&](const OutputBlock& piece) {
      const Index columns = product_.block_columns(piece.column_block);
      float* sums = scratch<float>(Scratch::partial_sums, static_cast<std::size_t>(piece.tokens * columns));
      product_.multiply(input + piece.token * in, piece.tokens, piece.column_block, sums);
      y.block(piece.token, product_.block_begin(piece.column_block), piece.tokens, columns) =
          Eigen::Map<const Matrix>(sums, piece.tokens, columns);
    });
  }

  PackedProduct product_;
  std::string kernel_;
};

}  // namespace

std::unique_ptr<Linear> make_float_linear(const WeightRows& weights) { return std::make_unique<FloatLinear>(weights); }

std::unique_ptr<Linear> make_float_linear(const Matrix& weights) { return make_float_linear(MatrixRows(weights)); }

}  // namespace aimc::tiles
