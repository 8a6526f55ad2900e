#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace aimc::sim {

/// A mean over noise seeds with its sample standard deviation (0 for a deterministic deployment).
struct Spread {
  double mean = 0, std = 0;
  std::vector<double> values;  ///< one per seed
};
[[nodiscard]] Spread spread_of(std::vector<double> values);

/// Signal to error power in decibels, 10 log10(signal / error); infinite without error.
[[nodiscard]] double sqnr_decibels(double signal, double error);

/// A paired difference to the reference over the same items, with its 95 % interval (Student t; over items for a
/// deterministic deployment, over seeds otherwise - the report says which). Fewer than two pairs: low = mean = high.
struct PairedDifference {
  double mean = 0, low = 0, high = 0;
  std::string over;  ///< "seeds" or "items"
};

/// The quantile of Student's t distribution below which `probability` lies, for degrees >= 1.
[[nodiscard]] double student_t_quantile(double probability, std::int64_t degrees);

/// Mean of differences with the interval mean +- t(0.975, n - 1) s / sqrt(n).
[[nodiscard]] PairedDifference mean_difference(std::span<const double> differences, const std::string& over);

/// A ratio of sums, sum(differences) / sum(weights) over items (bits a character): the interval is that of the ratio
/// estimator, s^2 = n/(n-1) sum (difference_i - ratio weight_i)^2 / sum(weights)^2 (Cochran, Sampling Techniques, 6.4).
[[nodiscard]] PairedDifference ratio_difference(std::span<const double> differences, std::span<const double> weights);

}  // namespace aimc::sim
