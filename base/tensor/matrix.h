#pragma once
#include <Eigen/Core>
#include <cstdint>

namespace aimc {

using Index = std::int64_t;
/// Row-major fp32 matrix; activations are [tokens, features], weights are [out, in] as in Hugging Face checkpoints.
using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
/// A read-only view of a contiguous row-major matrix (rows may be strided).
using MatrixView = Eigen::Ref<const Matrix, 0, Eigen::OuterStride<>>;
/// A writable view of a row-major matrix (rows may be strided).
using MatrixSpan = Eigen::Ref<Matrix, 0, Eigen::OuterStride<>>;
using Vector = Eigen::Matrix<float, 1, Eigen::Dynamic>;

}  // namespace aimc
