#pragma once
#include "sim/functional/executor.h"
#include "sim/functional/linear_store.h"
#include "workloads/model/model.h"

namespace aimc::sim {

/// Bytes of the KV cache of one sequence of `length` tokens in FloatModel.
[[nodiscard]] std::int64_t kv_bytes(const workloads::Graph& graph, std::int64_t length);

/// A model as it is stored, in fp32 arithmetic and without hardware (the deployment w16): what samples text.
class FloatModel {
 public:
  /// The model must have weights and outlive it. Throws InputError.
  explicit FloatModel(const workloads::Model& model);
  FloatModel(const FloatModel&) = delete;
  FloatModel& operator=(const FloatModel&) = delete;
  [[nodiscard]] const FunctionalExecutor& executor() const { return executor_; }

 private:
  Program program_;
  SharedTensors shared_;
  LinearStore store_;
  LinearSet linears_;
  FunctionalExecutor executor_;
};

}  // namespace aimc::sim
