#include "sim/report/svg_colours.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace aimc::sim {
namespace {

struct Colour {
  double red, green, blue;
};

constexpr std::array<Colour, 6> viridis{
    {{68, 1, 84}, {65, 68, 135}, {42, 120, 142}, {34, 168, 132}, {122, 209, 81}, {253, 231, 37}}};
constexpr std::array<Colour, 4> heat{{{254, 217, 118}, {253, 141, 60}, {227, 26, 28}, {103, 0, 13}}};

std::string between(std::span<const Colour> stops, double share) {
  const double at = std::clamp(share, 0.0, 1.0) * static_cast<double>(stops.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(at), stops.size() - 2);
  const double part = at - static_cast<double>(below);
  const auto mix = [&](double a, double b) { return static_cast<int>(std::lround(a + (b - a) * part)); };
  const Colour &a = stops[below], &b = stops[below + 1];
  return fmt::format("#{:02x}{:02x}{:02x}", mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue));
}

}  // namespace

std::string layer_colour(double share) { return between(viridis, share); }
std::string load_colour(double share) { return between(heat, share); }

}  // namespace aimc::sim
