#pragma once
#include <string>

#include "tiles/linear/weight_rows.h"
#include "workloads/model/weights.h"

namespace aimc::sim {

/// The weights of one linear as they lie in the checkpoint, which must outlive this.
class SourceRows final : public tiles::WeightRows {
 public:
  SourceRows(const workloads::WeightSource& source, std::string name, workloads::TensorShape shape)
      : source_(source), name_(std::move(name)), shape_(shape) {}
  [[nodiscard]] Index rows() const override { return shape_.rows; }
  [[nodiscard]] Index cols() const override { return shape_.columns; }
  void read(Index first, MatrixSpan to) const override { source_.read_rows(name_, shape_, first, to); }

 private:
  const workloads::WeightSource& source_;
  std::string name_;
  workloads::TensorShape shape_;
};

/// Channels [first, first + count) of others.
class RowsBetween final : public tiles::WeightRows {
 public:
  RowsBetween(const tiles::WeightRows& all, Index first, Index count) : all_(all), first_(first), count_(count) {}
  [[nodiscard]] Index rows() const override { return count_; }
  [[nodiscard]] Index cols() const override { return all_.cols(); }
  void read(Index first, MatrixSpan to) const override { all_.read(first_ + first, to); }

 private:
  const tiles::WeightRows& all_;
  Index first_, count_;
};

/// All of them, [out, in].
[[nodiscard]] inline Matrix read_all(const tiles::WeightRows& weights) {
  Matrix all(weights.rows(), weights.cols());
  weights.read(0, all);
  return all;
}

}  // namespace aimc::sim
