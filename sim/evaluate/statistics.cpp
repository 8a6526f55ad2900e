#include "sim/evaluate/statistics.h"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/check/check.h"

namespace aimc::sim {

namespace {

constexpr double upper_tail_of_95_percent = 0.975;

double sum(std::span<const double> values) { return std::accumulate(values.begin(), values.end(), 0.0); }

PairedDifference interval(double mean, double standard_error, std::size_t pairs, const std::string& over) {
  const double half =
      student_t_quantile(upper_tail_of_95_percent, static_cast<std::int64_t>(pairs) - 1) * standard_error;
  return {.mean = mean, .low = mean - half, .high = mean + half, .over = over};
}

}  // namespace

Spread spread_of(std::vector<double> values) {
  AIMC_CHECK(!values.empty());
  const auto count = static_cast<double>(values.size());
  Spread spread{.mean = sum(values) / count, .std = 0, .values = std::move(values)};
  if (spread.values.size() < 2) return spread;
  double squares = 0;
  for (const double value : spread.values) squares += (value - spread.mean) * (value - spread.mean);
  spread.std = std::sqrt(squares / (count - 1));
  return spread;
}

double student_t_quantile(double probability, std::int64_t degrees) {
  AIMC_CHECK(degrees >= 1, "{} degrees of freedom", degrees);
  return quantile(boost::math::students_t(static_cast<double>(degrees)), probability);
}

PairedDifference mean_difference(std::span<const double> differences, const std::string& over) {
  const Spread spread = spread_of({differences.begin(), differences.end()});
  if (differences.size() < 2) return {spread.mean, spread.mean, spread.mean, over};
  return interval(spread.mean, spread.std / std::sqrt(static_cast<double>(differences.size())), differences.size(),
                  over);
}

PairedDifference ratio_difference(std::span<const double> differences, std::span<const double> weights) {
  AIMC_CHECK(differences.size() == weights.size() && !weights.empty());
  const double total = sum(weights);
  const double ratio = sum(differences) / total;
  if (differences.size() < 2) return {ratio, ratio, ratio, "items"};
  double squares = 0;
  for (std::size_t i = 0; i < differences.size(); ++i) {
    const double residual = differences[i] - ratio * weights[i];
    squares += residual * residual;
  }
  const auto count = static_cast<double>(differences.size());
  return interval(ratio, std::sqrt(count / (count - 1) * squares) / total, differences.size(), "items");
}

double sqnr_decibels(double signal, double error) {
  return error == 0 ? std::numeric_limits<double>::infinity() : 10 * std::log10(signal / error);
}

}  // namespace aimc::sim
