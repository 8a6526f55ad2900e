#pragma once
#include <cstdint>
#include <span>
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
  std::int64_t dac_clipped = 0;   ///< inputs beyond the range, once however many column tiles read them
  std::int64_t adc_clipped = 0;   ///< outputs beyond the bound
  std::int64_t retries = 0;       ///< MVMs repeated by bound management; none of the other numbers has them in it
  LinearCounts& operator+=(const LinearCounts& other);
};

/// What setting up a linear took, once: not part of any pass.
struct SetupCounts {
  std::int64_t cells_programmed = 0;
  std::int64_t compensation_reads = 0;  ///< MVMs that drift compensation spent to measure its factors
  SetupCounts& operator+=(const SetupCounts& other);
};

/// Names the vectors of a batch [tokens], so that noise which is drawn anew for every MVM is a function of the vector
/// and not of its place in the batch: the executor gives sequence and position. Empty: the rows are 0, 1, 2 ...
using VectorIds = std::span<const std::uint64_t>;

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
  /// Adds what it did to counts. ids has one entry a token or none.
  void forward(MatrixView x, MatrixSpan y, LinearCounts& counts, VectorIds ids = {}) const;
  [[nodiscard]] virtual SetupCounts setup() const { return {}; }

 private:
  virtual void multiply(MatrixView x, MatrixSpan y, VectorIds ids, LinearCounts& counts) const = 0;
};

}  // namespace aimc::tiles
