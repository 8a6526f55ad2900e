#pragma once
#include <map>
#include <memory>
#include <string>

#include "sim/functional/deploy.h"

namespace aimc::sim {

/// Builds linears and keeps those that no seed can change, so that a seed programs only what is random: float without
/// noise, digital, analog with an ideal device and quiet circuits. A kept linear serves every deployment of the run
/// that asks for the same unit, options and ranges. What it gives has the same bits as a linear built anew.
class LinearStore {
 public:
  /// The source must outlive the store. Kept linears take at most keep_bytes; what no longer fits is built when it is
  /// asked for. Float linears that would take more than that in one program hold no weights (streamed_linear.h).
  explicit LinearStore(const workloads::WeightSource& weights, std::int64_t keep_bytes = std::int64_t{1} << 30);
  LinearStore(const LinearStore&) = delete;
  LinearStore& operator=(const LinearStore&) = delete;

  /// The linears of a deployment for one noise seed. Not thread-safe.
  LinearSet build(const Program& program, const DeploymentNumerics& numerics, const InputRanges& ranges,
                  std::uint64_t seed);
  /// fp32 linears without noise for every linear of the program.
  LinearSet build_float(const Program& program);

  [[nodiscard]] const workloads::WeightSource& weights() const { return weights_; }
  [[nodiscard]] std::int64_t kept_bytes() const { return kept_bytes_; }

 private:
  const workloads::WeightSource& weights_;
  std::int64_t keep_bytes_, kept_bytes_ = 0;
  std::map<std::string, std::shared_ptr<const tiles::Linear>> kept_;  ///< by linear_key
};

}  // namespace aimc::sim
