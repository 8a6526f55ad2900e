#include "tiles/device/curve.h"

#include <algorithm>
#include <cmath>

#include "base/check/check.h"
#include "base/parallel/vector_clones.h"
#include "tiles/device/elementary.h"

namespace aimc::tiles {
namespace {

constexpr double smallest_argument = 1e-7;  ///< of logarithms and powers (numerics C.2)
constexpr float ten_base = 2.302585092994046F;

double interpolated(const CurvePiece& piece, double x) {
  const auto above = std::upper_bound(piece.at.begin(), piece.at.end(), x);
  if (above == piece.at.begin()) return piece.values.front();
  if (above == piece.at.end()) return piece.values.back();
  const auto i = static_cast<std::size_t>(above - piece.at.begin());
  const double share = (x - piece.at[i - 1]) / (piece.at[i] - piece.at[i - 1]);
  return piece.values[i - 1] + share * (piece.values[i] - piece.values[i - 1]);
}

double value_of(const CurvePiece& piece, double x) {
  const double clipped = std::max(x, smallest_argument);
  double y = 0;
  if (!piece.polynomial.empty()) {
    for (auto c = piece.polynomial.rbegin(); c != piece.polynomial.rend(); ++c) y = y * x + *c;
  } else if (!piece.logarithm.empty()) {
    y = piece.logarithm[0] * std::log(clipped) + piece.logarithm[1];
  } else if (!piece.logarithm10.empty()) {
    y = piece.logarithm10[0] * std::log10(clipped) + piece.logarithm10[1];
  } else if (!piece.power.empty()) {
    y = piece.power[0] * std::pow(clipped, piece.power[1]);
  } else {
    y = interpolated(piece, x);
  }
  if (piece.lowest) y = std::max(y, *piece.lowest);
  if (piece.highest) y = std::min(y, *piece.highest);
  return y;
}

AIMC_VECTOR_CLONES void magnitudes(const float* conductance, std::int64_t count, float factor, float* x) {
  for (std::int64_t i = 0; i < count; ++i) x[i] = std::fabs(conductance[i]) * factor;
}

AIMC_VECTOR_CLONES void horner_step(const float* x, std::int64_t count, float coefficient, float* y) {
  for (std::int64_t i = 0; i < count; ++i) y[i] = y[i] * x[i] + coefficient;
}

AIMC_VECTOR_CLONES void cubic(const float* x, std::int64_t count, const float* c, float* y) {
  const float c0 = c[0], c1 = c[1], c2 = c[2], c3 = c[3];
  for (std::int64_t i = 0; i < count; ++i) y[i] = ((c3 * x[i] + c2) * x[i] + c1) * x[i] + c0;
}

AIMC_VECTOR_CLONES void logarithm(const float* x, std::int64_t count, float a, float b, float* y) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float clipped = x[i] > 1e-7F ? x[i] : 1e-7F;
    y[i] = a * natural_log(clipped) + b;
  }
}

AIMC_VECTOR_CLONES void power(const float* x, std::int64_t count, float a, float p, float* y) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float clipped = x[i] > 1e-7F ? x[i] : 1e-7F;
    y[i] = a * exponential(p * natural_log(clipped));
  }
}

AIMC_VECTOR_CLONES void clip(float* y, std::int64_t count, float lowest, float highest) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float raised = y[i] < lowest ? lowest : y[i];
    y[i] = raised > highest ? highest : raised;
  }
}

AIMC_VECTOR_CLONES void choose_up_to(const float* x, std::int64_t count, float end, const float* piece, float* y) {
  for (std::int64_t i = 0; i < count; ++i) y[i] = x[i] <= end ? piece[i] : y[i];
}

AIMC_VECTOR_CLONES void choose_below(const float* x, std::int64_t count, float end, const float* piece, float* y) {
  for (std::int64_t i = 0; i < count; ++i) y[i] = x[i] < end ? piece[i] : y[i];
}

void evaluate_polynomial(const std::vector<double>& coefficients, const float* x, std::int64_t count, double factor,
                         float* y) {
  if (coefficients.size() == 4) {
    float c[4];
    std::transform(coefficients.begin(), coefficients.end(), c,
                   [factor](double value) { return static_cast<float>(value * factor); });
    cubic(x, count, c, y);
    return;
  }
  std::fill_n(y, count, static_cast<float>(coefficients.back() * factor));
  for (auto c = coefficients.rbegin() + 1; c != coefficients.rend(); ++c)
    horner_step(x, count, static_cast<float>(*c * factor), y);
}

void evaluate_piece(const CurvePiece& piece, const float* x, std::int64_t count, double factor, float* y) {
  const auto scaled = [factor](double value) { return static_cast<float>(value * factor); };
  if (!piece.polynomial.empty()) {
    evaluate_polynomial(piece.polynomial, x, count, factor, y);
  } else if (!piece.logarithm.empty()) {
    logarithm(x, count, scaled(piece.logarithm[0]), scaled(piece.logarithm[1]), y);
  } else if (!piece.logarithm10.empty()) {
    logarithm(x, count, scaled(piece.logarithm10[0]) / ten_base, scaled(piece.logarithm10[1]), y);
  } else if (!piece.power.empty()) {
    power(x, count, scaled(piece.power[0]), static_cast<float>(piece.power[1]), y);
  } else {
    for (std::int64_t i = 0; i < count; ++i) y[i] = scaled(interpolated(piece, static_cast<double>(x[i])));
  }
  if (piece.lowest || piece.highest) {
    constexpr float far = 3e38F;
    clip(y, count, piece.lowest ? scaled(*piece.lowest) : -far, piece.highest ? scaled(*piece.highest) : far);
  }
}

}  // namespace

double Curve::at(double conductance, double full_scale) const {
  const double magnitude = std::fabs(conductance);
  const double x = spec_.argument == CurveArgument::relative ? magnitude / full_scale : magnitude;
  for (const CurvePiece& piece : spec_.pieces) {
    const bool inside = (!piece.below || x < *piece.below) && (!piece.up_to || x <= *piece.up_to);
    if (inside) return value_of(piece, x);
  }
  return 0;
}

void Curve::evaluate(const float* conductance, std::int64_t count, double full_scale, double factor, float* out) const {
  AIMC_CHECK(count <= cells_per_block, "{} cells at once", count);
  if (empty()) {
    std::fill_n(out, count, 0.0F);
    return;
  }
  float x[cells_per_block], value[cells_per_block];
  const bool relative = spec_.argument == CurveArgument::relative;
  magnitudes(conductance, count, relative ? static_cast<float>(1 / full_scale) : 1.0F, x);
  evaluate_piece(spec_.pieces.back(), x, count, factor, out);
  for (auto piece = spec_.pieces.rbegin() + 1; piece != spec_.pieces.rend(); ++piece) {
    evaluate_piece(*piece, x, count, factor, value);
    if (piece->up_to) {
      choose_up_to(x, count, static_cast<float>(*piece->up_to), value, out);
    } else {
      choose_below(x, count, static_cast<float>(*piece->below), value, out);
    }
  }
}

}  // namespace aimc::tiles
