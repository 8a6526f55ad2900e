#include "sim/experiment/mvm/error_statistics.h"

#include <cmath>

#include "base/parallel/parallel.h"
#include "sim/evaluate/statistics.h"
#include "sim/experiment/mvm/exact_product.h"

namespace aimc::sim {
namespace {

constexpr Index tokens_at_once = 256, channels_at_once = 32;

struct Sums {
  std::int64_t not_finite = 0;
  double error = 0, squares = 0, largest = 0, signal = 0, lsb_squares = 0;

  void add(double exact, double output, double step) {
    const double difference = output - exact;
    not_finite += std::isfinite(output) ? 0 : 1;
    error += difference;
    squares += difference * difference;
    largest = std::max(largest, std::abs(difference));
    signal += exact * exact;
    if (step > 0) lsb_squares += difference / step * (difference / step);
  }
  void add(const Sums& other) {
    not_finite += other.not_finite;
    error += other.error;
    squares += other.squares;
    largest = std::max(largest, other.largest);
    signal += other.signal;
    lsb_squares += other.lsb_squares;
  }
};

ErrorStatistics statistics_of(const Sums& sums, std::int64_t outputs) {
  const auto count = static_cast<double>(outputs);
  ErrorStatistics statistics{.outputs = outputs, .not_finite = sums.not_finite};
  statistics.mean = sums.error / count;
  statistics.deviation = std::sqrt(std::max(0.0, sums.squares / count - statistics.mean * statistics.mean));
  statistics.largest = sums.largest;
  statistics.error_rms = std::sqrt(sums.squares / count);
  statistics.signal_rms = std::sqrt(sums.signal / count);
  statistics.lsb_rms = std::sqrt(sums.lsb_squares / count);
  return statistics;
}

}  // namespace

double ErrorStatistics::sqnr() const {
  if (signal_rms == 0) return std::nan("");
  return sqnr_decibels(signal_rms * signal_rms, error_rms * error_rms);
}

std::vector<ErrorStatistics> compare_with_exact(const Matrix& inputs, const Matrix& weights,
                                                std::span<const Matrix* const> outputs,
                                                const std::vector<double>& steps) {
  std::vector<Sums> total(outputs.size());
  const Index out = weights.rows(), tasks = (out + channels_at_once - 1) / channels_at_once;
  for (Index token = 0; token < inputs.rows(); token += tokens_at_once) {
    const Index tokens = std::min(tokens_at_once, inputs.rows() - token);
    const ExactProduct exact(inputs.middleRows(token, tokens));
    std::vector<std::vector<Sums>> of_task(static_cast<std::size_t>(tasks), std::vector<Sums>(outputs.size()));
    parallel_for(tasks, [&](std::int64_t task) {
      const Index first = task * channels_at_once, count = std::min(channels_at_once, out - first);
      std::vector<double> product(static_cast<std::size_t>(count * tokens));
      exact.channels(weights, first, count, product.data());
      for (std::size_t o = 0; o < outputs.size(); ++o)
        for (Index t = 0; t < tokens; ++t)
          for (Index c = 0; c < count; ++c)
            of_task[static_cast<std::size_t>(task)][o].add(product[static_cast<std::size_t>(c * tokens + t)],
                                                           (*outputs[o])(token + t, first + c),
                                                           steps[static_cast<std::size_t>(first + c)]);
    });
    for (const auto& sums : of_task)  // in order: sums of fp64 depend on it
      for (std::size_t o = 0; o < outputs.size(); ++o) total[o].add(sums[o]);
  }
  std::vector<ErrorStatistics> statistics;
  for (const Sums& sums : total) statistics.push_back(statistics_of(sums, inputs.rows() * out));
  return statistics;
}

}  // namespace aimc::sim
