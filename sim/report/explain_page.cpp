#include "sim/report/explain_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/units/format.h"

namespace aimc::sim {
namespace {

constexpr std::size_t most_tiles = 8;  // on the page; JSON has all

// One column of text a bin; the height is logarithmic, so that tails, which clip, can be seen.
std::string drawn(const Histogram& histogram) {
  static constexpr std::array<const char*, 9> blocks{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::int64_t most = *std::max_element(histogram.bins.begin(), histogram.bins.end());
  std::string text;
  for (const std::int64_t count : histogram.bins) {
    const double height =
        count == 0 ? 0 : 1 + 7 * std::log1p(static_cast<double>(count)) / std::log1p(static_cast<double>(most));
    text += blocks.at(static_cast<std::size_t>(std::min(8.0, height)));
  }
  return text;
}

std::string percent(double share) { return share == 0 ? "0 %" : fmt::format("{:.2g} %", 100 * share); }
std::string decibels(double value) { return std::isfinite(value) ? fmt::format("{:.1f} dB", value) : "exact"; }

// Control characters would break the page; long text is cut at its beginning, between characters.
std::string quoted(std::string text, std::size_t most) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  if (text.size() > most) {
    std::size_t begin = text.size() - most;
    while (begin < text.size() && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U) ++begin;
    text = "..." + text.substr(begin);
  }
  return "\"" + text + "\"";
}

std::string heading(const ExperimentSpec& spec, const Explanation& e) {
  std::string text = fmt::format("{}\n{} on {}, seed {}\n{} inputs, {} outputs; {} row x {} column tile{}\n", e.linear,
                                 e.deployment, spec.hardware.name, spec.seed, e.in, e.out, e.row_tiles, e.column_tiles,
                                 e.row_tiles * e.column_tiles == 1 ? "" : "s");
  if (!e.token.has_value()) return text + fmt::format("on {} tokens of the calibration text\n", e.tokens);
  return text +
         fmt::format("on token {}: {} after {}\n", *e.token, quoted(e.token_text, 20), quoted(e.text_before, 36));
}

std::string inputs_part(const Explanation& e) {
  std::string text = fmt::format("\n  {:<10}{:<40}{:>12}{:>12}\n", "Inputs", "-1.25    range of the DAC = 1      +1.25",
                                 "clipped", "range");
  for (std::size_t t = 0; t < std::min(most_tiles, e.tiles.size()); ++t)
    text += fmt::format("  {:<10}{}{:>12}{:>12.4g}\n", fmt::format("tile {}", t), drawn(e.tiles[t].inputs),
                        percent(e.tiles[t].clipped), e.tiles[t].input_range);
  return text;
}

std::string codes_part(const Explanation& e) {
  if (!e.no_codes.empty()) return fmt::format("\n  {:<10}no ADC codes: {}\n", "Outputs", e.no_codes);
  const int largest = e.adc_largest_code;
  std::string text = fmt::format("\n  {:<10}{:<40}{:>12}{:>12}\n", "Outputs",
                                 fmt::format("{:<14}ADC codes{:>17}", -largest, largest), "saturated", "used");
  for (std::size_t t = 0; t < std::min(most_tiles, e.tiles.size()); ++t) {
    const RowTileView& tile = e.tiles[t];
    text += fmt::format("  {:<10}{}{:>12}{:>12}\n", fmt::format("tile {}", t), drawn(tile.codes),
                        percent(tile.saturated), fmt::format("{:.0f}..{:.0f}", tile.lowest_code, tile.highest_code));
  }
  if (e.tiles.size() > most_tiles)
    text += fmt::format("  ({} more row tiles: --json has them)\n", e.tiles.size() - most_tiles);
  return text;
}

std::string weights_part(const Explanation& e) {
  return fmt::format("\n  {:<10}{:<40}{:>12}{:>12}\n  {:<10}{}{:>12}{:>12.2f}\n", "Weights",
                     "0     magnitude / channel maximum      1", "held beyond", "rms", "", drawn(e.weights),
                     percent(e.held_beyond), e.weights_rms);
}

std::string errors_part(const Explanation& e) {
  std::string text = fmt::format("\n  {:<22}{:>10}  {}\n", "Errors, each alone", "SQNR", "share of their sum");
  for (const auto& effect : e.effects)
    text +=
        fmt::format("  {:<22}{:>10}  {:>6}  {}\n", effect.cause, decibels(effect.sqnr_db), percent(effect.power_share),
                    std::string(static_cast<std::size_t>(std::lround(32 * effect.power_share)), '#'));
  return text + fmt::format("  {:<22}{:>10}\n", "all together", decibels(e.sqnr_db));
}

std::string cost_part(const Explanation& e) {
  const LinearCost& c = e.cost;
  if (!c.not_simulated.empty()) return fmt::format("\n  Cost      not simulated: {}\n", c.not_simulated);
  const auto part = [](double of, double whole) { return percent(whole == 0 ? 0 : of / whole); };
  return fmt::format(
      "\n  Cost      of {} prompt and {} new tokens, in {} array{}\n"
      "  {:<22}{:>14}  first array's begin to last one's end\n"
      "  {:<22}{:>14}  of all its arrays together\n"
      "  {:<22}{:>14}  {} of all\n"
      "  {:<22}{:>14}  {} of the dynamic energy of the run\n",
      c.workload.prompt_tokens(), c.workload.new_tokens(), c.arrays, c.arrays == 1 ? "" : "s", "time a token",
      format_quantity(Time::from_seconds(c.per_token_s)), "busy", format_quantity(Time::from_seconds(c.busy_s)), "MVMs",
      c.mvms, part(static_cast<double>(c.mvms), static_cast<double>(c.all_mvms)), "energy",
      format_quantity(Energy(c.energy_j)), part(c.energy_j, c.dynamic_j));
}

}  // namespace

std::string explain_page(const ExperimentSpec& spec, const Explanation& e) {
  return heading(spec, e) + inputs_part(e) + codes_part(e) + weights_part(e) + errors_part(e) + cost_part(e);
}

}  // namespace aimc::sim
