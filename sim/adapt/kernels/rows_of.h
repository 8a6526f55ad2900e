#pragma once
#include "base/check/check.h"
#include "sim/adapt/kernels/row_blocks.h"
#include "sim/adapt/torch.h"

namespace aimc::adapt {

/// The memory of a tensor whose values are as wide as T (bf16 as its bits).
template <class T>
[[nodiscard]] T* pointer(const at::Tensor& tensor) {
  return static_cast<T*>(tensor.data_ptr());
}

/// A matrix [rows, columns] on the CPU with contiguous rows.
template <class T>
[[nodiscard]] Rows<T> rows_of(const at::Tensor& matrix) {
  AIMC_CHECK(matrix.dim() == 2 && matrix.stride(1) == 1, "a matrix with contiguous rows");
  AIMC_CHECK(matrix.element_size() == sizeof(T), "values of {} bytes", sizeof(T));
  return {pointer<T>(matrix), matrix.size(0), matrix.size(1), matrix.stride(0)};
}

}  // namespace aimc::adapt
