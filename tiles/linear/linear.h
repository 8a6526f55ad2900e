#pragma once
#include <cstdint>
#include <string_view>

#include "base/tensor/matrix.h"

namespace aimc::tiles {

/// What a linear did, in the ledger's terms; summed by the functional executor per operator.
struct LinearCounts {
  std::int64_t mvms = 0;
  std::int64_t dac_conversions = 0;
  std::int64_t cell_reads = 0;
  std::int64_t adc_conversions = 0;
  std::int64_t affine = 0;
  std::int64_t accumulate = 0;
  std::int64_t digital_macs = 0;
  std::int64_t weight_bytes = 0;  ///< streamed from memory by a digital linear
  std::int64_t dac_clipped = 0;   ///< inputs beyond the range
  std::int64_t adc_clipped = 0;   ///< outputs beyond the bound
  LinearCounts& operator+=(const LinearCounts& other);
};

/// A static matmul y[tokens, out] = x[tokens, in] W^T with interchangeable back ends: float, digital integers,
/// crossbar. Immutable after construction; forward may be called from several threads, and gives the same bits for a
/// token whatever else is in the batch and however many threads run.
class Linear {
 public:
  virtual ~Linear() = default;
  [[nodiscard]] virtual Index in_features() const = 0;
  [[nodiscard]] virtual Index out_features() const = 0;
  /// Name of the kernel that computes it, for the report ("fp32 onednn jit:avx512", ...).
  [[nodiscard]] virtual std::string_view kernel() const = 0;
  /// Adds what it did to counts.
  virtual void forward(MatrixView x, MatrixSpan y, LinearCounts& counts) const = 0;
};

}  // namespace aimc::tiles
