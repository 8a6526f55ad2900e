#pragma once
#include <string>

#include "workloads/model/stored_values.h"
#include "workloads/model/weights.h"

namespace aimc::workloads {

/// A tensor as it lies in a file.
struct StoredTensor {
  StoredType type = StoredType::f32;
  std::span<const std::byte> bytes;  ///< row by row, any alignment
  TensorShape shape;
  std::string name;  ///< for messages: file and tensor
};

/// Rows [first, first + to.rows()) as fp32 into to [any, columns]. Throws InputError for values that are not finite.
void load_rows(const StoredTensor& tensor, Index first, MatrixSpan to);

}  // namespace aimc::workloads
