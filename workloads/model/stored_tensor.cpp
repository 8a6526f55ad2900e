#include "workloads/model/stored_tensor.h"

#include "base/check/check.h"

namespace aimc::workloads {

void load_rows(const StoredTensor& tensor, Index first, MatrixSpan to) {
  AIMC_CHECK(first >= 0 && first + to.rows() <= tensor.shape.rows && to.cols() == tensor.shape.columns,
             "rows {} to {} of {} [{}, {}]", first, first + to.rows(), tensor.name, tensor.shape.rows,
             tensor.shape.columns);
  const auto columns = static_cast<std::size_t>(to.cols());
  const std::size_t row_bytes = columns * bytes_per_value(tensor.type);
  for (Index row = 0; row < to.rows(); ++row)
    load_values(tensor.type, tensor.bytes.subspan(static_cast<std::size_t>(first + row) * row_bytes, row_bytes),
                {to.row(row).data(), columns});
  if (!to.allFinite()) throw InputError(fmt::format("{} holds values that are not finite numbers", tensor.name));
}

}  // namespace aimc::workloads
