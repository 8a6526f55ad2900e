#include "base/check/check.h"
#include "base/parallel/vector_clones.h"
#include "tiles/digital/exponential.h"
#include "tiles/digital/operators.h"

namespace aimc::tiles {
namespace {

AIMC_VECTOR_CLONES void swiglu_row(const float* gate, const float* up, float* y, Index count) {
  for (Index i = 0; i < count; ++i) y[i] = gate[i] / (1.0F + exponential(-gate[i])) * up[i];
}

}  // namespace

void swiglu(MatrixView gate, MatrixView up, MatrixSpan y) {
  AIMC_CHECK(gate.rows() == up.rows() && gate.cols() == up.cols() && y.rows() == up.rows() && y.cols() == up.cols(),
             "swiglu of [{}, {}] and [{}, {}]", gate.rows(), gate.cols(), up.rows(), up.cols());
  for (Index token = 0; token < gate.rows(); ++token)
    swiglu_row(gate.row(token).data(), up.row(token).data(), y.row(token).data(), gate.cols());
}

}  // namespace aimc::tiles
