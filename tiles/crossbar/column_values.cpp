#include "tiles/crossbar/column_values.h"

#include "base/check/check.h"
#include "tiles/converter/dac.h"

namespace aimc::tiles {

Matrix column_values(const MatrixView& inputs, MatrixView held, const Vector& reference, const Vector& ranges,
                     const TileSpec& spec) {
  AIMC_CHECK(inputs.cols() == held.cols() && reference.size() == held.rows() && ranges.size() == inputs.rows());
  const int largest_input = largest_code(spec.input.bits);
  Matrix codes(inputs.rows(), inputs.cols());
  for (Index token = 0; token < inputs.rows(); ++token)
    quantize_inputs(inputs.data() + token * inputs.outerStride(), inputs.cols(), ranges[token], largest_input,
                    codes.data() + token * codes.cols());
  Matrix values = codes * held.transpose();
  const double scale = largest_code(spec.adc.bits) / (spec.adc.out_bound * largest_input);
  for (Index column = 0; column < values.cols(); ++column) {
    // A channel of zeros has no full scale: its output is zero (numerics A.3).
    const float per_unit = reference[column] == 0 ? 0.0F : static_cast<float>(scale / reference[column]);
    values.col(column) *= per_unit;
  }
  return values;
}

}  // namespace aimc::tiles
