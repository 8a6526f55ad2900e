#include <cmath>
#include <limits>

#include "tiles/device/device_schema.h"

namespace aimc::tiles {
namespace {

using ErrorAt = config::Schema<CurvePiece>::ErrorAt;

void check_piece(const CurvePiece& piece, const ErrorAt& error) {
  const int forms = static_cast<int>(!piece.polynomial.empty()) + static_cast<int>(!piece.logarithm.empty()) +
                    static_cast<int>(!piece.logarithm10.empty()) + static_cast<int>(!piece.power.empty()) +
                    static_cast<int>(!piece.at.empty() || !piece.values.empty());
  if (forms != 1) error("", "give one of polynomial, logarithm, logarithm10, power, or at with values");
  if (!piece.logarithm.empty() && piece.logarithm.size() != 2) error("logarithm", "expected two numbers: [a, b]");
  if (!piece.logarithm10.empty() && piece.logarithm10.size() != 2) error("logarithm10", "expected two numbers: [a, b]");
  if (!piece.power.empty() && piece.power.size() != 2) error("power", "expected two numbers: [a, p]");
  if (piece.at.size() != piece.values.size()) error("values", "expected as many numbers as in 'at'");
  for (std::size_t i = 1; i < piece.at.size(); ++i)
    if (!(piece.at[i] > piece.at[i - 1])) error("at", "the points do not ascend");
  if (piece.below && piece.up_to) error("up_to", "a piece ends at 'below' (exclusive) or at 'up_to' (inclusive)");
  if (piece.lowest && piece.highest && *piece.lowest > *piece.highest) error("lowest", "it is above 'highest'");
}

config::Schema<CurvePiece> make_piece_schema() {
  config::Schema<CurvePiece> s;
  s.key("below", &CurvePiece::below, "where the piece ends, exclusive; the last piece has no end");
  s.key("up_to", &CurvePiece::up_to, "where the piece ends, inclusive");
  s.key("polynomial", &CurvePiece::polynomial, "c0, c1, ...: c0 + c1 x + c2 x^2 ...");
  s.key("logarithm", &CurvePiece::logarithm, "[a, b]: a ln x + b");
  s.key("logarithm10", &CurvePiece::logarithm10, "[a, b]: a log10 x + b");
  s.key("power", &CurvePiece::power, "[a, p]: a x^p");
  s.key("at", &CurvePiece::at, "points of a table, ascending");
  s.key("values", &CurvePiece::values, "values there; linear between points, constant beyond them");
  s.key("lowest", &CurvePiece::lowest, "values below it become it");
  s.key("highest", &CurvePiece::highest, "values above it become it");
  s.check(check_piece);
  return s;
}

void check_curve(const CurveSpec& curve, const ErrorAt& error) {
  double end = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < curve.pieces.size(); ++i) {
    const CurvePiece& piece = curve.pieces[i];
    const bool ends = piece.below || piece.up_to;
    const bool last = i + 1 == curve.pieces.size();
    if (last == ends) error("pieces", last ? "the last piece has no end" : "every piece but the last needs an end");
    if (!ends) continue;
    const double own = piece.below ? *piece.below : *piece.up_to;
    if (!(own > end)) error("pieces", "the ends of the pieces do not ascend");
    end = own;
  }
  if (curve.pieces.empty()) error("pieces", "list at least one piece");
}

}  // namespace

const config::Schema<CurveSpec>& curve_schema() {
  static const config::Schema<CurveSpec> schema = [] {
    config::Schema<CurveSpec> s;
    s.key("argument", &CurveSpec::argument, "x is the conductance, or its share of the largest one")
        .choices({{"relative", CurveArgument::relative}, {"conductance", CurveArgument::conductance}});
    s.list("pieces", &CurveSpec::pieces, make_piece_schema(), "the function, piece by piece", true);
    s.check(check_curve);
    return s;
  }();
  return schema;
}

}  // namespace aimc::tiles
