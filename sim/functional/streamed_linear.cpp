#include "sim/functional/streamed_linear.h"

#include "base/parallel/parallel.h"
#include "tiles/linear/float_linear.h"
#include "tiles/linear/packed_product.h"

namespace aimc::sim {
namespace {

// A whole number of the column blocks that float linears are cut into, so that each block sums as it does there.
Index channels_at_once(Index out, Index in) {
  constexpr Index wanted = 512;
  const Index block = tiles::PackedProduct::columns_per_block(out, in, tiles::ProductType::fp32);
  return block * std::max<Index>(1, wanted / block);
}

class StreamedLinear final : public tiles::Linear {
 public:
  explicit StreamedLinear(const SourceRows& weights)
      : weights_(weights),
        at_once_(channels_at_once(weights.rows(), weights.cols())),
        kernel_(channels(0, std::min(at_once_, weights.rows()))->kernel()) {}
  [[nodiscard]] Index in_features() const override { return weights_.cols(); }
  [[nodiscard]] Index out_features() const override { return weights_.rows(); }
  [[nodiscard]] std::string_view kernel() const override { return kernel_; }

 private:
  [[nodiscard]] std::unique_ptr<tiles::Linear> channels(Index first, Index count) const {
    return tiles::make_float_linear(RowsBetween(weights_, first, count));
  }

  void multiply(MatrixView x, MatrixSpan y, tiles::VectorIds /*ids*/, tiles::LinearCounts& /*counts*/) const override {
    const Index parts = (out_features() + at_once_ - 1) / at_once_;
    parallel_for(parts, [&](std::int64_t part) {
      const Index first = part * at_once_;
      const Index count = std::min(at_once_, out_features() - first);
      tiles::LinearCounts ignored;
      channels(first, count)->forward(x, y.middleCols(first, count), ignored);
    });
  }

  SourceRows weights_;
  Index at_once_;
  std::string kernel_;
};

}  // namespace

std::unique_ptr<tiles::Linear> make_streamed_linear(const SourceRows& weights) {
  return std::make_unique<StreamedLinear>(weights);
}

}  // namespace aimc::sim
