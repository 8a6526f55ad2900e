#include "sim/functional/range_statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check/check.h"

namespace aimc::sim {

namespace {

/// Standard deviation over all values that are left, unbiased, as MOVING_STD takes it of a batch.
double standard_deviation(MatrixView inputs, const std::vector<Index>& rows) {
  const double count = static_cast<double>(rows.size()) * static_cast<double>(inputs.cols());
  if (count < 2) return 0;
  double sum = 0, squares = 0;
  for (const Index row : rows) sum += inputs.row(row).cast<double>().sum();
  for (const Index row : rows) squares += (inputs.row(row).cast<double>().array() - sum / count).square().sum();
  return std::sqrt(squares / (count - 1));
}

/// The quantile of all values that are left; the largest magnitude for a quantile of 1, as MOVING_QUANTILE takes it.
double quantile(const MatrixView& inputs, const std::vector<Index>& rows, const CalibrationOptions& options) {
  const bool magnitudes = options.quantile_of == QuantileOf::magnitudes || options.quantile == 1;
  UpperTail tail(options.quantile, static_cast<std::int64_t>(rows.size()) * inputs.cols());
  for (const Index row : rows)
    for (Index i = 0; i < inputs.cols(); ++i) tail.add(magnitudes ? std::abs(inputs(row, i)) : inputs(row, i));
  return tail.quantile();
}

}  // namespace

UpperTail::UpperTail(double quantile, std::int64_t values)
    : quantile_(quantile),
      capacity_(static_cast<std::size_t>(std::ceil((1 - quantile) * static_cast<double>(values))) + 2) {
  AIMC_CHECK(quantile >= 0 && quantile <= 1, "quantile {}", quantile);
}

void UpperTail::add(float value) {
  ++seen_;
  largest_.push_back(value);
  if (largest_.size() >= 2 * capacity_) keep_largest();
}

void UpperTail::append(const UpperTail& other) {
  seen_ += other.seen_;
  largest_.insert(largest_.end(), other.largest_.begin(), other.largest_.end());
  if (largest_.size() >= 2 * capacity_) keep_largest();
}

void UpperTail::keep_largest() {
  std::ranges::nth_element(largest_, largest_.begin() + static_cast<std::ptrdiff_t>(capacity_), std::greater<>());
  largest_.resize(capacity_);
}

float UpperTail::quantile() const {
  AIMC_CHECK(seen_ > 0, "the quantile of no values");
  const double position = quantile_ * static_cast<double>(seen_ - 1);
  const auto below = static_cast<std::int64_t>(position);
  auto sorted = largest_;
  std::ranges::sort(sorted, std::greater<>());
  const auto from_top = static_cast<std::size_t>(seen_ - 1 - below);
  AIMC_CHECK(from_top < sorted.size(), "more than the announced number of values");
  const double low = sorted[from_top];
  const double high = from_top == 0 ? low : sorted[from_top - 1];
  return static_cast<float>(low + (high - low) * (position - static_cast<double>(below)));
}

RangeStatistics::RangeStatistics(const CalibrationOptions& options, Index tokens, Index rows)
    : options_(options), tail_(options.quantile, tokens * rows) {}

void RangeStatistics::add(MatrixView inputs, const std::vector<bool>& chosen) {
  std::vector<Index> rows;
  for (Index row = 0; row < inputs.rows(); ++row) {
    const float magnitude = inputs.row(row).cwiseAbs().maxCoeff();
    if (magnitude == 0) continue;
    rows.push_back(row);
    maximum_ = std::max(maximum_, magnitude);
  }
  if (options_.method == CalibrationMethod::standard_deviation && !rows.empty())
    of_sequences_.push_back(standard_deviation(inputs, rows));
  if (options_.method == CalibrationMethod::moving_quantile && !rows.empty())
    of_sequences_.push_back(quantile(inputs, rows, options_));
  if (options_.method != CalibrationMethod::quantile) return;
  const bool magnitudes = options_.quantile_of == QuantileOf::magnitudes;
  for (const Index row : rows) {
    if (!chosen[static_cast<std::size_t>(row)]) continue;
    for (Index i = 0; i < inputs.cols(); ++i) tail_.add(magnitudes ? std::abs(inputs(row, i)) : inputs(row, i));
  }
}

void RangeStatistics::append(const RangeStatistics& later) {
  maximum_ = std::max(maximum_, later.maximum_);
  tail_.append(later.tail_);
  of_sequences_.insert(of_sequences_.end(), later.of_sequences_.begin(), later.of_sequences_.end());
}

float RangeStatistics::range() const {
  if (maximum_ == 0) return 1;
  float range = maximum_;
  if (options_.method == CalibrationMethod::quantile && tail_.seen() > 0) {
    range = tail_.quantile();
  } else if (!of_sequences_.empty()) {
    // MOVING_STD and MOVING_QUANTILE are running means, new = (old k + value) / (k + 1) from k = 0: the plain mean.
    const double sum = std::accumulate(of_sequences_.begin(), of_sequences_.end(), 0.0);
    const double mean = sum / static_cast<double>(of_sequences_.size());
    const bool deviations = options_.method == CalibrationMethod::standard_deviation;
    range = static_cast<float>(deviations ? options_.standard_deviations * mean : mean);
  }
  // A quantile of signed values may lie at or below zero (few positive inputs): such a range would clip everything.
  return range > 0 ? range : maximum_;
}

}  // namespace aimc::sim
