#pragma once
#include "base/tensor/matrix.h"

namespace aimc::tiles {

/// Clean weights [out, in] that are read some channels at a time, so that no fp32 copy of a whole matrix is needed.
class WeightRows {
 public:
  virtual ~WeightRows() = default;
  [[nodiscard]] virtual Index rows() const = 0;  ///< out
  [[nodiscard]] virtual Index cols() const = 0;  ///< in
  /// Channels [first, first + to.rows()) as fp32 into to [channels, in]. Thread-safe.
  virtual void read(Index first, MatrixSpan to) const = 0;
};

/// The rows of a matrix in memory, which must outlive this.
class MatrixRows final : public WeightRows {
 public:
  explicit MatrixRows(const Matrix& weights) : weights_(weights) {}
  [[nodiscard]] Index rows() const override { return weights_.rows(); }
  [[nodiscard]] Index cols() const override { return weights_.cols(); }
  void read(Index first, MatrixSpan to) const override { to = weights_.middleRows(first, to.rows()); }

 private:
  const Matrix& weights_;
};

/// The rows of a view, which may be strided and must outlive this.
class ViewRows final : public WeightRows {
 public:
  explicit ViewRows(const MatrixView& weights) : weights_(weights) {}
  [[nodiscard]] Index rows() const override { return weights_.rows(); }
  [[nodiscard]] Index cols() const override { return weights_.cols(); }
  void read(Index first, MatrixSpan to) const override { to = weights_.middleRows(first, to.rows()); }

 private:
  MatrixView weights_;
};

}  // namespace aimc::tiles
