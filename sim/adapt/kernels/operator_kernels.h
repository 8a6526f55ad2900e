#pragma once
// The loops of the network's digital operators and of the distillation loss, forwards and backwards, for the CPU. Each
// is one pass over memory where libtorch's operators would take five to ten. Plain pointers: compiles without libtorch.
#include <vector>

#include "sim/adapt/kernels/bf16.h"
#include "sim/adapt/kernels/row_blocks.h"

namespace aimc::adapt {

/// y = x inverse gain with inverse[row] = 1 / sqrt(mean(x^2) + epsilon), which is kept.
void rms_norm_forward(Rows<const float> x, const float* gain, float epsilon, Rows<float> y, float* inverse);
/// dx, and the gain's gradient [n] added to dgain.
void rms_norm_backward(Rows<const float> x, const float* gain, const float* inverse, Rows<const float> dy,
                       Rows<float> dx, float* dgain);

/// y = silu(gate) up.
void swiglu_forward(Rows<const float> gate, Rows<const float> up, Rows<float> y);
void swiglu_backward(Rows<const float> gate, Rows<const float> up, Rows<const float> dy, Rows<float> dgate,
                     Rows<float> dup);

/// Angles of rotary pairs.
struct RopeAngles {
  const float *cosine = nullptr, *sine = nullptr;  ///< [length, head_dim / 2]
  Index length = 0, head_dim = 0;
  bool interleaved = false;
  bool backwards = false;  ///< by the negative angle: the gradient
};
/// Rotates the heads of x [sequences x length, heads x head_dim] into y.
void rotate(Rows<const float> x, const RopeAngles& angles, Rows<float> y);

/// Which keys a row of attention scores sees: row r stands at position (first_row + r % rows) / group, column c is key
/// first_key + c.
struct CausalRows {
  Index rows = 0;       ///< of a kv head, among these
  Index first_row = 0;  ///< rows of a kv head before these
  Index first_key = 0;  ///< keys before the first column, which no row sees
  Index group = 1;      ///< rows of a position: the query heads that read one kv head
  Index window = 0;     ///< keys seen at most; 0: all before
  float scale = 1;      ///< of the scores
};
/// scores [rows, keys] become probabilities in place: softmax of scale x score over the keys seen, 0 elsewhere.
template <class T>
void causal_softmax(Rows<T> scores, const CausalRows& causal);
/// gradient (of the probabilities) becomes that of the scores in place.
template <class T>
void causal_softmax_backward(Rows<const T> probabilities, const CausalRows& causal, Rows<T> gradient);

/// Sum over rows of sum_v p_T (ln p_T - ln p_S), p = softmax(logits x inverse_temperature), and
/// gradient += factor x (p_S - p_T).
double distillation(Rows<const float> student, Rows<const float> teacher, float inverse_temperature, float factor,
                    Rows<float> gradient);

}  // namespace aimc::adapt
