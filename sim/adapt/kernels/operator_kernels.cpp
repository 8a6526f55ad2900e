#include "sim/adapt/kernels/operator_kernels.h"

#include <algorithm>
#include <cmath>

#include "base/parallel/vector_clones.h"
#include "tiles/digital/exponential.h"

namespace aimc::adapt {
namespace {

// Sums go through lanes in a fixed order, which the compiler can vectorise without reassociating; `omp simd` has it do
// so before it unrolls them, after which it often sees sixteen scalars.
constexpr int lanes = 16;

using tiles::exponential;

[[gnu::always_inline]] inline float add_lanes(const float* lane) {
  float sum = 0;
  for (int l = 0; l < lanes; ++l) sum += lane[l];
  return sum;
}

template <class Term>
[[gnu::always_inline]] inline float sum_of(Index count, const Term& term) {
  float lane[lanes] = {};
  const Index whole = count / lanes * lanes;
  for (Index i = 0; i < whole; i += lanes) {
#pragma omp simd
    for (int l = 0; l < lanes; ++l) lane[l] += term(i + l);
  }
  for (Index i = whole; i < count; ++i) lane[0] += term(i);
  return add_lanes(lane);
}

template <class Term>
[[gnu::always_inline]] inline float largest_of(Index count, const Term& term) {
  float lane[lanes];
  for (float& value : lane) value = term(0);
  const Index whole = count / lanes * lanes;
  for (Index i = 0; i < whole; i += lanes) {
#pragma omp simd
    for (int l = 0; l < lanes; ++l) {
      const float value = term(i + l);
      lane[l] = value > lane[l] ? value : lane[l];
    }
  }
  for (Index i = whole; i < count; ++i) lane[0] = std::max(lane[0], term(i));
  return *std::max_element(lane, lane + lanes);
}

AIMC_VECTOR_CLONES void norm_row(const float* x, const float* gain, Index n, float epsilon, float* y, float* inverse) {
  const float mean = sum_of(n, [&](Index i) { return x[i] * x[i]; }) / static_cast<float>(n);
  const float factor = 1.0F / std::sqrt(mean + epsilon);
  *inverse = factor;
  for (Index i = 0; i < n; ++i) y[i] = x[i] * factor * gain[i];
}

/// One row as its norm saw it; `inverse` of its root mean square.
struct NormedRow {
  const float* x;
  const float* gain;
  float inverse;
};
AIMC_VECTOR_CLONES void norm_row_backward(const NormedRow& row, const float* dy, Index n, float* dx, float* dgain) {
  const float *const x = row.x, *const gain = row.gain;
  const float inverse = row.inverse;
  const float dot = sum_of(n, [&](Index i) { return dy[i] * gain[i] * x[i]; });
  const float pull = dot * inverse * inverse * inverse / static_cast<float>(n);
  for (Index i = 0; i < n; ++i) {
    dx[i] = dy[i] * gain[i] * inverse - x[i] * pull;
    dgain[i] += dy[i] * x[i] * inverse;
  }
}

AIMC_VECTOR_CLONES void swiglu_row(const float* gate, const float* up, Index n, float* y) {
  for (Index i = 0; i < n; ++i) y[i] = gate[i] / (1.0F + exponential(-gate[i])) * up[i];
}

AIMC_VECTOR_CLONES void swiglu_row_backward(const float* gate, const float* up, const float* dy, Index n, float* dgate,
                                            float* dup) {
  for (Index i = 0; i < n; ++i) {
    const float sigma = 1.0F / (1.0F + exponential(-gate[i]));
    const float silu = gate[i] * sigma;
    dup[i] = dy[i] * silu;
    dgate[i] = dy[i] * up[i] * (sigma + silu * (1.0F - sigma));
  }
}

AIMC_VECTOR_CLONES void rotate_halves(const float* x, const float* cosine, const float* sine, float sign, Index pairs,
                                      float* y) {
  for (Index p = 0; p < pairs; ++p) {
    const float first = x[p], second = x[p + pairs], c = cosine[p], s = sign * sine[p];
    y[p] = first * c - second * s;
    y[p + pairs] = second * c + first * s;
  }
}

void rotate_neighbours(const float* x, const float* cosine, const float* sine, float sign, Index pairs, float* y) {
  for (Index p = 0; p < pairs; ++p) {
    const float first = x[2 * p], second = x[2 * p + 1], c = cosine[p], s = sign * sine[p];
    y[2 * p] = first * c - second * s;
    y[2 * p + 1] = second * c + first * s;
  }
}

/// Columns [first, last) that a position sees.
struct Seen {
  Index first = 0, last = 0;
};
Seen seen_from(Index row, Index columns, const CausalRows& causal) {
  const Index position = (causal.first_row + row % causal.rows) / causal.group;
  const Index last = std::min(columns, position + 1 - causal.first_key);
  const Index first = causal.window > 0 ? position + 1 - causal.window - causal.first_key : 0;
  return {std::max<Index>(0, first), last};
}

/// What a row's loops run over: the keys seen, and those after them up to a whole number of vectors, whose values do
/// not matter. One at a time the last few of a row would cost a third of all others.
struct Span {
  Index count = 0, padded = 0;
};
Span padded_span(const Seen& seen, Index keys) {
  constexpr Index widest = 32;  // bf16 numbers of a vector
  const Index count = seen.last - seen.first;
  return {count, std::min(keys - seen.first, (count + widest - 1) / widest * widest)};
}

template <class T>
[[gnu::always_inline]] inline void softmax_row(T* scores, Span span, float scale, float* buffer) {
  const float top = scale * largest_of(span.count, [&](Index i) { return as_float(scores[i]); });
  for (Index i = 0; i < span.padded; ++i) buffer[i] = exponential(as_float(scores[i]) * scale - top);
  const float inverse = 1.0F / sum_of(span.count, [&](Index i) { return buffer[i]; });
  for (Index i = 0; i < span.padded; ++i) store(buffer[i] * inverse, scores[i]);
}
AIMC_VECTOR_CLONES void softmax(float* scores, Span span, float scale, float* buffer) {
  softmax_row(scores, span, scale, buffer);
}
AIMC_VECTOR_CLONES void softmax_bf16(Bf16Bits* scores, Span span, float scale, float* buffer) {
  softmax_row(scores, span, scale, buffer);
}
inline void softmax(Bf16Bits* scores, Span span, float scale, float* buffer) {
  softmax_bf16(scores, span, scale, buffer);
}

template <class T>
[[gnu::always_inline]] inline void softmax_row_backward(const T* p, T* gradient, Span span, float scale) {
  const float dot = sum_of(span.count, [&](Index i) { return as_float(p[i]) * as_float(gradient[i]); });
  for (Index i = 0; i < span.padded; ++i) store(scale * as_float(p[i]) * (as_float(gradient[i]) - dot), gradient[i]);
}
AIMC_VECTOR_CLONES void softmax_back(const float* p, float* gradient, Span span, float scale) {
  softmax_row_backward(p, gradient, span, scale);
}
AIMC_VECTOR_CLONES void softmax_back_bf16(const Bf16Bits* p, Bf16Bits* gradient, Span span, float scale) {
  softmax_row_backward(p, gradient, span, scale);
}
inline void softmax_back(const Bf16Bits* p, Bf16Bits* gradient, Span span, float scale) {
  softmax_back_bf16(p, gradient, span, scale);
}

/// buffer becomes e^(x - max); returns the sum and the logarithm of the sum of e^x.
struct Exponentials {
  float sum = 0, log_sum = 0;
};
[[gnu::always_inline]] inline Exponentials exponentials(const float* x, Index n, float factor, float* buffer) {
  const float top = factor * largest_of(n, [&](Index i) { return x[i]; });
  for (Index i = 0; i < n; ++i) buffer[i] = exponential(x[i] * factor - top);
  const float sum = sum_of(n, [&](Index i) { return buffer[i]; });
  return {sum, top + std::log(sum)};
}

/// Of the logits, and of the gradient.
struct DistillationFactors {
  float inverse_temperature, gradient;
};
AIMC_VECTOR_CLONES float distil_row(const float* student, const float* teacher, Index n, DistillationFactors factors,
                                    float* gradient, float* buffer) {
  const float inverse_temperature = factors.inverse_temperature, factor = factors.gradient;
  float* const of_student = buffer;
  float* const of_teacher = buffer + n;
  const Exponentials s = exponentials(student, n, inverse_temperature, of_student);
  const Exponentials t = exponentials(teacher, n, inverse_temperature, of_teacher);
  const float by_s = 1.0F / s.sum, by_t = 1.0F / t.sum;
  const float difference =
      sum_of(n, [&](Index i) { return of_teacher[i] * by_t * ((teacher[i] - student[i]) * inverse_temperature); });
  for (Index i = 0; i < n; ++i) gradient[i] += factor * (of_student[i] * by_s - of_teacher[i] * by_t);
  return difference - t.log_sum + s.log_sum;
}

}  // namespace

void rms_norm_forward(Rows<const float> x, const float* gain, float epsilon, Rows<float> y, float* inverse) {
  for_each_block(x.rows, [&](Index, Index first, Index rows) {
    for (Index r = first; r < first + rows; ++r) norm_row(x.row(r), gain, x.columns, epsilon, y.row(r), inverse + r);
  });
}

void rms_norm_backward(Rows<const float> x, const float* gain, const float* inverse, Rows<const float> dy,
                       Rows<float> dx, float* dgain) {
  const auto n = static_cast<std::size_t>(x.columns);
  std::vector<float> parts(static_cast<std::size_t>(blocks_of(x.rows)) * n);
  for_each_block(x.rows, [&](Index block, Index first, Index rows) {
    float* const part = parts.data() + static_cast<std::size_t>(block) * n;
    for (Index r = first; r < first + rows; ++r)
      norm_row_backward({x.row(r), gain, inverse[r]}, dy.row(r), x.columns, dx.row(r), part);
  });
  for (std::size_t i = 0; i < parts.size(); ++i) dgain[i % n] += parts[i];
}

void swiglu_forward(Rows<const float> gate, Rows<const float> up, Rows<float> y) {
  for_each_block(gate.rows, [&](Index, Index first, Index rows) {
    for (Index r = first; r < first + rows; ++r) swiglu_row(gate.row(r), up.row(r), gate.columns, y.row(r));
  });
}

void swiglu_backward(Rows<const float> gate, Rows<const float> up, Rows<const float> dy, Rows<float> dgate,
                     Rows<float> dup) {
  for_each_block(gate.rows, [&](Index, Index first, Index rows) {
    for (Index r = first; r < first + rows; ++r)
      swiglu_row_backward(gate.row(r), up.row(r), dy.row(r), gate.columns, dgate.row(r), dup.row(r));
  });
}

void rotate(Rows<const float> x, const RopeAngles& angles, Rows<float> y) {
  const Index pairs = angles.head_dim / 2;
  const float sign = angles.backwards ? -1.0F : 1.0F;
  for_each_block(x.rows, [&](Index, Index first, Index rows) {
    for (Index r = first; r < first + rows; ++r) {
      const Index at = r % angles.length * pairs;
      for (Index head = 0; head < x.columns; head += angles.head_dim) {
        const auto turn = angles.interleaved ? rotate_neighbours : rotate_halves;
        turn(x.row(r) + head, angles.cosine + at, angles.sine + at, sign, pairs, y.row(r) + head);
      }
    }
  });
}

template <class T>
void causal_softmax(Rows<T> scores, const CausalRows& causal) {
  for_each_block(scores.rows, [&](Index, Index first, Index rows) {
    std::vector<float> buffer(static_cast<std::size_t>(scores.columns));
    for (Index r = first; r < first + rows; ++r) {
      const Seen seen = seen_from(r, scores.columns, causal);
      T* const row = scores.row(r);
      std::fill(row, row + seen.first, T{});
      softmax(row + seen.first, padded_span(seen, scores.columns), causal.scale, buffer.data());
      std::fill(row + seen.last, row + scores.columns, T{});
    }
  });
}
template void causal_softmax(Rows<float>, const CausalRows&);
template void causal_softmax(Rows<Bf16Bits>, const CausalRows&);

template <class T>
void causal_softmax_backward(Rows<const T> probabilities, const CausalRows& causal, Rows<T> gradient) {
  for_each_block(gradient.rows, [&](Index, Index first, Index rows) {
    for (Index r = first; r < first + rows; ++r) {
      const Seen seen = seen_from(r, gradient.columns, causal);
      T* const row = gradient.row(r);
      std::fill(row, row + seen.first, T{});
      softmax_back(probabilities.row(r) + seen.first, row + seen.first, padded_span(seen, gradient.columns),
                   causal.scale);
      std::fill(row + seen.last, row + gradient.columns, T{});
    }
  });
}
template void causal_softmax_backward(Rows<const float>, const CausalRows&, Rows<float>);
template void causal_softmax_backward(Rows<const Bf16Bits>, const CausalRows&, Rows<Bf16Bits>);

double distillation(Rows<const float> student, Rows<const float> teacher, float inverse_temperature, float factor,
                    Rows<float> gradient) {
  std::vector<double> parts(static_cast<std::size_t>(blocks_of(student.rows)));
  for_each_block(student.rows, [&](Index block, Index first, Index rows) {
    std::vector<float> buffer(2 * static_cast<std::size_t>(student.columns));
    double sum = 0;
    for (Index r = first; r < first + rows; ++r)
      sum += distil_row(student.row(r), teacher.row(r), student.columns, {inverse_temperature, factor}, gradient.row(r),
                        buffer.data());
    parts[static_cast<std::size_t>(block)] = sum;
  });
  double all = 0;
  for (const double part : parts) all += part;
  return all;
}

}  // namespace aimc::adapt
