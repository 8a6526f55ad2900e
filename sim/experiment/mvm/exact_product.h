#pragma once
#include <vector>

#include "base/tensor/matrix.h"

namespace aimc::sim {

/// inputs [tokens, in] times some channels of weights [out, in], every product and sum in fp64 in the order of the
/// inputs, so that the bits depend on nothing else.
class ExactProduct {
 public:
  explicit ExactProduct(MatrixView inputs);
  /// Channels [first, first + count) into product [count, tokens]. Thread-safe.
  void channels(const Matrix& weights, Index first, Index count, double* product) const;

 private:
  Index tokens_, in_;
  std::vector<double> columns_;  ///< [token blocks, in, tokens of a block], zero where there is no token
};

}  // namespace aimc::sim
