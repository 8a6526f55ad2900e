#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "base/tensor/matrix.h"

namespace aimc::sim {

/// How outputs differ from the exact product.
struct ErrorStatistics {
  std::int64_t outputs = 0;
  std::int64_t not_finite = 0;                  ///< outputs beyond fp32; the rest is then meaningless
  double mean = 0, deviation = 0, largest = 0;  ///< of the error, in the units of the outputs; largest magnitude
  double error_rms = 0, signal_rms = 0;
  double lsb_rms = 0;  ///< rms of the error in steps of its channel's converter

  /// 10 log10(signal power / error power) in dB; infinite without error, NaN without signal.
  [[nodiscard]] double sqnr() const;
  /// Error rms as a share of the signal rms.
  [[nodiscard]] double relative() const { return error_rms / signal_rms; }
};

/// Holds outputs [tokens, out] against inputs [tokens, in] times weights [out, in], summed in fp64. steps [out]: one
/// converter step of each channel in the units of the outputs. All `outputs` are compared in one pass over the exact
/// product, which is never stored. The same bits on any number of threads.
std::vector<ErrorStatistics> compare_with_exact(const Matrix& inputs, const Matrix& weights,
                                                std::span<const Matrix* const> outputs,
                                                const std::vector<double>& steps);

}  // namespace aimc::sim
