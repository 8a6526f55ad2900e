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
    for (std::size_t k = piece.polynomial.size(); k-- > 0;) y = y * x + piece.polynomial[k];
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

struct Cubics {
  float low[4], high[4];  ///< c0 to c3 up to the end, and above it
  float end, to_argument;
};

/// Two cubics in one pass: the shape of the fit that most programming uses.
AIMC_VECTOR_CLONES void two_cubics(const float* conductance, std::int64_t count, const Cubics& c, float* y) {
  const float low0 = c.low[0], low1 = c.low[1], low2 = c.low[2], low3 = c.low[3];
  const float high0 = c.high[0], high1 = c.high[1], high2 = c.high[2], high3 = c.high[3];
  const float end = c.end, to_argument = c.to_argument;
  for (std::int64_t i = 0; i < count; ++i) {
    const float x = std::fabs(conductance[i]) * to_argument;
    const float low = ((low3 * x + low2) * x + low1) * x + low0;
    const float high = ((high3 * x + high2) * x + high1) * x + high0;
    y[i] = x <= end ? low : high;
  }
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

bool is_cubic(const CurvePiece& piece) { return piece.polynomial.size() == 4 && !piece.lowest && !piece.highest; }

bool are_two_cubics(const std::vector<CurvePiece>& pieces) {
  return pieces.size() == 2 && is_cubic(pieces[0]) && is_cubic(pieces[1]) && pieces[0].up_to;
}

Cubics cubics_of(const std::vector<CurvePiece>& pieces, double factor, float to_argument) {
  Cubics c{.low = {}, .high = {}, .end = static_cast<float>(pieces[0].up_to.value_or(0)), .to_argument = to_argument};
  for (std::size_t i = 0; i < 4; ++i) {
    c.low[i] = static_cast<float>(pieces[0].polynomial[i] * factor);
    c.high[i] = static_cast<float>(pieces[1].polynomial[i] * factor);
  }
  return c;
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
  const bool relative = spec_.argument == CurveArgument::relative;
  const float to_argument = relative ? static_cast<float>(1 / full_scale) : 1.0F;
  if (are_two_cubics(spec_.pieces)) {
    two_cubics(conductance, count, cubics_of(spec_.pieces, factor, to_argument), out);
    return;
  }
  float x[cells_per_block], value[cells_per_block];
  magnitudes(conductance, count, to_argument, x);
  evaluate_piece(spec_.pieces.back(), x, count, factor, out);
  for (auto piece = spec_.pieces.rbegin() + 1; piece != spec_.pieces.rend(); ++piece) {
    evaluate_piece(*piece, x, count, factor, value);
    const auto end = static_cast<float>(piece->up_to.value_or(piece->below.value_or(0)));
    if (piece->up_to) {
      choose_up_to(x, count, end, value, out);
    } else {
      choose_below(x, count, end, value, out);
    }
  }
}

}  // namespace aimc::tiles
