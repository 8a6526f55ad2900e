#include "sim/adapt/kernels/linear_kernels.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "base/parallel/vector_clones.h"
#include "tiles/converter/dac.h"
#include "tiles/converter/rounding.h"
#include "tiles/spec/tile_spec.h"

namespace aimc::adapt {
namespace {

using tiles::clamp_to;
using tiles::round_half_even;

// Sums of one row: lanes keep the order fixed and let the compiler vectorise without reassociation. `omp simd` has it
// do so before it unrolls them, after which it often sees sixteen scalars.
constexpr int lanes = 16;

/// What the backward pass of a converter adds up.
struct LaneSums {
  float range[lanes] = {};
  std::int32_t inside[lanes] = {};
};

template <class Gradient>
[[gnu::always_inline]] inline void backward_row(const float* x, const Gradient* gradient, Index count, float range,
                                                float* dx, LaneSums& sums) {
  const Index whole = count / lanes * lanes;
  for (Index i = 0; i < whole; i += lanes) {
#pragma omp simd
    for (int l = 0; l < lanes; ++l) {
      const float value = x[i + l], delta = as_float(gradient[i + l]);
      const bool above = value >= range, below = value <= -range;
      dx[i + l] = value > range || value < -range ? 0.0F : delta;
      const float grows = above && delta < 0 ? delta : 0.0F;
      const float falls = below && delta > 0 ? delta : 0.0F;
      sums.range[l] += grows - falls;
      sums.inside[l] += above || below ? 0 : 1;
    }
  }
  for (Index i = whole; i < count; ++i) {
    const float value = x[i], delta = as_float(gradient[i]);
    const bool above = value >= range, below = value <= -range;
    dx[i] = value > range || value < -range ? 0.0F : delta;
    sums.range[0] += (above && delta < 0 ? delta : 0.0F) - (below && delta > 0 ? delta : 0.0F);
    sums.inside[0] += above || below ? 0 : 1;
  }
}

AIMC_VECTOR_CLONES void backward_fp32(const float* x, const float* gradient, Index count, float range, float* dx,
                                      LaneSums& sums) {
  backward_row(x, gradient, count, range, dx, sums);
}
AIMC_VECTOR_CLONES void backward_bf16(const float* x, const Bf16Bits* gradient, Index count, float range, float* dx,
                                      LaneSums& sums) {
  backward_row(x, gradient, count, range, dx, sums);
}
inline void backward(const float* x, const float* gradient, Index count, float range, float* dx, LaneSums& sums) {
  backward_fp32(x, gradient, count, range, dx, sums);
}
inline void backward(const float* x, const Bf16Bits* gradient, Index count, float range, float* dx, LaneSums& sums) {
  backward_bf16(x, gradient, count, range, dx, sums);
}

/// Values that weights are rounded to: multiples of `step`, at most `largest` of them; as they are where step is 0.
struct Levels {
  float step = 0, largest = 0;
};

/// One channel: noise holds normals where there is noise, and is null where there is none.
template <class Held>
[[gnu::always_inline]] inline void hold_row(const float* w, const float* noise, Index count, float sigma, Levels levels,
                                            Held* held) {
  for (Index i = 0; i < count; ++i) {
    float value = w[i];
    if (levels.step > 0) value = clamp_to(round_half_even(value / levels.step), levels.largest) * levels.step;
    if (noise != nullptr) value += sigma * noise[i];
    store(value, held[i]);
  }
}
AIMC_VECTOR_CLONES void hold_fp32(const float* w, const float* noise, Index count, float sigma, Levels levels,
                                  float* held) {
  hold_row(w, noise, count, sigma, levels, held);
}
AIMC_VECTOR_CLONES void hold_bf16(const float* w, const float* noise, Index count, float sigma, Levels levels,
                                  Bf16Bits* held) {
  hold_row(w, noise, count, sigma, levels, held);
}
inline void hold(const float* w, const float* noise, Index count, float sigma, Levels levels, float* held) {
  hold_fp32(w, noise, count, sigma, levels, held);
}
inline void hold(const float* w, const float* noise, Index count, float sigma, Levels levels, Bf16Bits* held) {
  hold_bf16(w, noise, count, sigma, levels, held);
}

template <class Held>
[[gnu::always_inline]] inline void follow_row(const float* w, const Held* held, Index count, float* gradient) {
  float along[lanes] = {}, square[lanes] = {};
  const auto add = [&](Index i, int l) {
    along[l] += gradient[i] * (as_float(held[i]) - w[i]);
    square[l] += w[i] * w[i];
  };
  const Index whole = count / lanes * lanes;
  for (Index i = 0; i < whole; i += lanes) {
#pragma omp simd
    for (int l = 0; l < lanes; ++l) add(i + l, l);
  }
  for (Index i = whole; i < count; ++i) add(i, 0);
  float all = 0, squares = 0;
  for (int l = 0; l < lanes; ++l) {
    all += along[l];
    squares += square[l];
  }
  const float share = squares > 0 ? all / squares : 0.0F;
  for (Index i = 0; i < count; ++i) gradient[i] += share * w[i];
}
AIMC_VECTOR_CLONES void follow_fp32(const float* w, const float* held, Index count, float* gradient) {
  follow_row(w, held, count, gradient);
}
AIMC_VECTOR_CLONES void follow_bf16(const float* w, const Bf16Bits* held, Index count, float* gradient) {
  follow_row(w, held, count, gradient);
}
inline void follow_noise(const float* w, const float* held, Index count, float* gradient) {
  follow_fp32(w, held, count, gradient);
}
inline void follow_noise(const float* w, const Bf16Bits* held, Index count, float* gradient) {
  follow_bf16(w, held, count, gradient);
}

template <class Sum>
[[gnu::always_inline]] inline std::int32_t adc_row(const Sum* sums, const AdcColumns& adc, Index count, bool add,
                                                   float* y, std::uint8_t* clipped) {
  const auto top = static_cast<float>(adc.largest);
  std::int32_t beyond = 0;
  for (Index o = 0; o < count; ++o) {
    const float value = round_half_even(clamp_to(as_float(sums[o]) / adc.divisor[o], 2.0F * top));
    const bool out = value > top || value < -top;
    const float scaled = clamp_to(value, top) * adc.scale[o];
    y[o] = add ? y[o] + scaled : scaled;
    if (clipped != nullptr) clipped[o] = out ? 1 : 0;
    beyond += out ? 1 : 0;
  }
  return beyond;
}
AIMC_VECTOR_CLONES std::int32_t adc_fp32(const float* sums, const AdcColumns& adc, Index count, bool add, float* y,
                                         std::uint8_t* clipped) {
  return adc_row(sums, adc, count, add, y, clipped);
}
AIMC_VECTOR_CLONES std::int32_t adc_bf16(const Bf16Bits* sums, const AdcColumns& adc, Index count, bool add, float* y,
                                         std::uint8_t* clipped) {
  return adc_row(sums, adc, count, add, y, clipped);
}
inline std::int32_t adc(const float* sums, const AdcColumns& columns, Index count, bool add, float* y,
                        std::uint8_t* clipped) {
  return adc_fp32(sums, columns, count, add, y, clipped);
}
inline std::int32_t adc(const Bf16Bits* sums, const AdcColumns& columns, Index count, bool add, float* y,
                        std::uint8_t* clipped) {
  return adc_bf16(sums, columns, count, add, y, clipped);
}

template <class Out>
[[gnu::always_inline]] inline void mask_row(const float* gradient, const std::uint8_t* clipped, Index count, Out* out) {
  if (clipped == nullptr) {
    for (Index o = 0; o < count; ++o) store(gradient[o], out[o]);
  } else {
    for (Index o = 0; o < count; ++o) store(clipped[o] != 0 ? 0.0F : gradient[o], out[o]);
  }
}
AIMC_VECTOR_CLONES void mask_fp32(const float* gradient, const std::uint8_t* clipped, Index count, float* out) {
  mask_row(gradient, clipped, count, out);
}
AIMC_VECTOR_CLONES void mask_bf16(const float* gradient, const std::uint8_t* clipped, Index count, Bf16Bits* out) {
  mask_row(gradient, clipped, count, out);
}
inline void mask(const float* gradient, const std::uint8_t* clipped, Index count, float* out) {
  mask_fp32(gradient, clipped, count, out);
}
inline void mask(const float* gradient, const std::uint8_t* clipped, Index count, Bf16Bits* out) {
  mask_bf16(gradient, clipped, count, out);
}

}  // namespace

template <class Code>
void dac_codes(Rows<const float> x, float range, int largest, Rows<Code> codes) {
  for_each_block(x.rows, [&](Index, Index first, Index rows) {
    for (Index r = first; r < first + rows; ++r)
      tiles::quantize_inputs(x.row(r), x.columns, range, largest, codes.row(r));
  });
}
template void dac_codes(Rows<const float>, float, int, Rows<float>);
template void dac_codes(Rows<const float>, float, int, Rows<Bf16Bits>);

template <class Gradient>
DacGradient dac_backward(Rows<const float> x, Rows<const Gradient> gradient, float range, Rows<float> dx) {
  std::vector<DacGradient> parts(static_cast<std::size_t>(blocks_of(x.rows)));
  for_each_block(x.rows, [&](Index block, Index first, Index rows) {
    LaneSums sums;
    for (Index r = first; r < first + rows; ++r) backward(x.row(r), gradient.row(r), x.columns, range, dx.row(r), sums);
    DacGradient& part = parts[static_cast<std::size_t>(block)];
    for (int l = 0; l < lanes; ++l) {
      part.range_sum += sums.range[l];
      part.inside += sums.inside[l];
    }
  });
  DacGradient all;
  for (const DacGradient& part : parts) {
    all.range_sum += part.range_sum;
    all.inside += part.inside;
  }
  return all;
}
template DacGradient dac_backward(Rows<const float>, Rows<const float>, float, Rows<float>);
template DacGradient dac_backward(Rows<const float>, Rows<const Bf16Bits>, float, Rows<float>);

template <class Held>
void hold_weights(Rows<const float> w, const WeightChange& change, float* largest, Rows<Held> held) {
  for_each_block(w.rows, [&](Index, Index first, Index rows) {
    std::vector<float> noise(change.noise != 0 ? static_cast<std::size_t>(w.columns) : 0);
    const auto level = static_cast<float>(change.bits > 0 ? tiles::largest_code(change.bits) : 0);
    for (Index o = first; o < first + rows; ++o) {
      largest[o] = tiles::largest_magnitude(w.row(o), w.columns);
      if (!noise.empty())
        fill_normal(change.key, static_cast<std::uint64_t>(o * change.all_columns + change.first_column), noise.data(),
                    w.columns);
      const float step = change.bits > 0 ? largest[o] / level : 0.0F;
      hold(w.row(o), noise.empty() ? nullptr : noise.data(), w.columns, static_cast<float>(change.noise) * largest[o],
           {step, level}, held.row(o));
    }
  });
}
template void hold_weights(Rows<const float>, const WeightChange&, float*, Rows<float>);
template void hold_weights(Rows<const float>, const WeightChange&, float*, Rows<Bf16Bits>);

template <class Held>
void add_noise_gradient(Rows<const float> w, Rows<const Held> held, Rows<float> gradient) {
  for_each_block(w.rows, [&](Index, Index first, Index rows) {
    for (Index o = first; o < first + rows; ++o) follow_noise(w.row(o), held.row(o), w.columns, gradient.row(o));
  });
}
template void add_noise_gradient(Rows<const float>, Rows<const float>, Rows<float>);
template void add_noise_gradient(Rows<const float>, Rows<const Bf16Bits>, Rows<float>);

template <class Sum>
std::int64_t adc_codes(Rows<const Sum> sums, const AdcColumns& columns, bool add, Rows<float> y,
                       std::uint8_t* clipped) {
  std::vector<std::int64_t> parts(static_cast<std::size_t>(blocks_of(sums.rows)));
  for_each_block(sums.rows, [&](Index block, Index first, Index rows) {
    std::int64_t beyond = 0;
    for (Index r = first; r < first + rows; ++r)
      beyond += adc(sums.row(r), columns, sums.columns, add, y.row(r),
                    clipped == nullptr ? nullptr : clipped + r * sums.columns);
    parts[static_cast<std::size_t>(block)] = beyond;
  });
  std::int64_t all = 0;
  for (const std::int64_t part : parts) all += part;
  return all;
}
template std::int64_t adc_codes(Rows<const float>, const AdcColumns&, bool, Rows<float>, std::uint8_t*);
template std::int64_t adc_codes(Rows<const Bf16Bits>, const AdcColumns&, bool, Rows<float>, std::uint8_t*);

template <class Out>
void adc_backward(Rows<const float> gradient, const std::uint8_t* clipped, Rows<Out> out) {
  for_each_block(gradient.rows, [&](Index, Index first, Index rows) {
    for (Index r = first; r < first + rows; ++r)
      mask(gradient.row(r), clipped == nullptr ? nullptr : clipped + r * gradient.columns, gradient.columns,
           out.row(r));
  });
}
template void adc_backward(Rows<const float>, const std::uint8_t*, Rows<float>);
template void adc_backward(Rows<const float>, const std::uint8_t*, Rows<Bf16Bits>);

}  // namespace aimc::adapt
