#include "tiles/linear/linear.h"

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
  return *this;
}

}  // namespace aimc::tiles
