#include "tiles/linear/linear.h"

#include "base/check/check.h"

namespace aimc::tiles {

LinearCounts& LinearCounts::operator+=(const LinearCounts& other) {
  mvms += other.mvms;
  dac_conversions += other.dac_conversions;
  cell_reads += other.cell_reads;
  adc_conversions += other.adc_conversions;
  affine += other.affine;
  accumulate += other.accumulate;
  digital_macs += other.digital_macs;
  weight_bytes += other.weight_bytes;
  dac_clipped += other.dac_clipped;
  adc_clipped += other.adc_clipped;
  retries += other.retries;
  return *this;
}

SetupCounts& SetupCounts::operator+=(const SetupCounts& other) {
  cells_programmed += other.cells_programmed;
  compensation_reads += other.compensation_reads;
  return *this;
}

void Linear::forward(MatrixView x, MatrixSpan y, LinearCounts& counts, VectorIds ids) const {
  AIMC_CHECK(x.cols() == in_features() && y.cols() == out_features() && x.rows() == y.rows(), "x [{}, {}], y [{}, {}]",
             x.rows(), x.cols(), y.rows(), y.cols());
  AIMC_CHECK(ids.empty() || static_cast<Index>(ids.size()) == x.rows(), "{} names of {} vectors", ids.size(), x.rows());
  multiply(x, y, ids, counts);
}

}  // namespace aimc::tiles
