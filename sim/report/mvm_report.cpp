#include "sim/report/mvm_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/units/duration.h"
#include "base/units/format.h"
#include "sim/report/labels.h"

namespace aimc::sim {
namespace {

using tiles::Effect;

std::string line(const std::string& label, const std::string& text) { return fmt::format("  {:<24}{}\n", label, text); }
std::string heading(const std::string& title, const std::string& what) {
  return fmt::format("\n{:<10}{}\n", title, what);
}

std::string plural(std::int64_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// "8 x 384" for equal sizes, "8 x 375 to 376" for balanced ones.
std::string sizes_text(const std::vector<Index>& sizes) {
  const auto [least, most] = std::minmax_element(sizes.begin(), sizes.end());
  return *least == *most ? fmt::format("{} x {}", sizes.size(), *most)
                         : fmt::format("{} x {} to {}", sizes.size(), *least, *most);
}

std::string steps_text(const MvmResult& r, Effect rounding, int bits) {
  return effects_of(r.request.terms).has(rounding)
             ? fmt::format("{} bits ({} steps)", bits, 2 * tiles::largest_code(bits))
             : std::string("not rounded");
}

std::string ranges_text(const MvmResult& r) {
  if (r.input_ranges.empty()) return "dynamic range";
  const auto [least, most] = std::minmax_element(r.input_ranges.begin(), r.input_ranges.end());
  return *least == *most ? fmt::format("static range {:.4g}", *most)
                         : fmt::format("static range {:.4g} to {:.4g}", *least, *most);
}

std::string arithmetic_text(const MvmResult& r) {
  return r.arithmetic == tiles::CrossbarArithmetic::grid ? "on the grid: 1/256 of the channel maximum, exact"
                                                         : "off the grid: weights as given, fp32 sums that round";
}

std::string layer_part(const MvmResult& r) {
  const tiles::TileSpec& tile = r.hardware.tile;
  std::string text =
      heading("Layer", fmt::format("{} of {} x {} in {}, {:.1f} % of the cells filled", plural(r.arrays, "array"),
                                   tile.rows, tile.columns, plural(r.chips, "chip"), 100 * r.weights_per_cell));
  text += line("row tiles (rows)", sizes_text(r.row_tiles));
  text += line("column tiles (columns)", sizes_text(r.column_tiles));
  text += line("inputs", steps_text(r, Effect::input_rounding, tile.input.bits) + ", " + ranges_text(r));
  text += line("", "range: " + r.range_source);
  const bool clips = effects_of(r.request.terms).has(Effect::output_clipping);
  text += line("outputs", fmt::format("{}, {}", steps_text(r, Effect::output_rounding, tile.adc.bits),
                                      clips ? fmt::format("bound {:.6g}", tile.adc.out_bound) : "no bound"));
  text += line("arithmetic", arithmetic_text(r));
  text += line("kernel", r.kernel);
  return text;
}

std::string decibel(double sqnr) {
  if (std::isnan(sqnr)) return "no signal";
  return std::isinf(sqnr) ? "no error" : fmt::format("{:.2f} dB", sqnr);
}

std::string percent(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? "-"
                    : fmt::format("{:.4g} % ({} of {})", 100.0 * static_cast<double>(part) / static_cast<double>(whole),
                                  part, whole);
}

std::string error_part(const MvmResult& r) {
  const ErrorStatistics& e = r.error;
  std::string text = heading("Error", "of all outputs, against the product in double precision");
  text += line("SQNR", decibel(e.sqnr()));
  text += line("error mean, std, max", fmt::format("{:.4g}, {:.4g}, {:.4g}", e.mean, e.deviation, e.largest));
  text += line("error rms / output rms",
               fmt::format("{:.4g} / {:.4g}{}", e.error_rms, e.signal_rms,
                           e.signal_rms > 0 ? fmt::format(" = {:.3f} %", 100 * e.relative()) : ""));
  if (has_output_step(r)) text += line("error rms in ADC LSB", fmt::format("{:.3f} (of one row tile)", e.lsb_rms));
  text += line("inputs clipped", percent(r.counts.dac_clipped, r.tokens * r.in));
  text +=
      line("outputs clipped", percent(r.counts.adc_clipped, r.counts.adc_conversions / r.hardware.tile.input.phases));
  if (r.counts.retries > 0) text += line("MVMs repeated", percent(r.counts.retries, r.counts.mvms));
  for (const CauseError& cause : r.causes) text += line("SQNR, " + cause.cause + " alone", decibel(cause.error.sqnr()));
  return text;
}

std::string time_part(const MvmResult& r) {
  const LayerCost& c = r.cost;
  std::string text =
      heading("Time", fmt::format("{} through the layer, which has the chips for itself", plural(r.tokens, "vector")));
  text += line("one MVM", fmt::format("load {}, convert {}, affine {}, send {}", format_quantity(c.array.load),
                                      format_quantity(c.array.convert), format_quantity(c.array.affine),
                                      format_quantity(c.array.send)));
  text += line("arrays alone",
               fmt::format("{} (MVM every {})", format_quantity(c.arrays_alone), format_quantity(c.array.period())));
  text += line("simulated", fmt::format("{}: first {}, then every {}", format_quantity(c.elapsed),
                                        format_quantity(c.first), format_quantity(c.period)));
  if (c.timed_tokens < r.tokens)
    text += line("", fmt::format("{} vectors simulated, the others at that pace", c.timed_tokens));
  if (c.retries > Time{}) text += line("", fmt::format("with {} of repeated MVMs", format_quantity(c.retries)));
  const double operations =
      2.0 * static_cast<double>(r.tokens) * static_cast<double>(r.out) * static_cast<double>(r.in);
  text += line("", fmt::format("{:.4g} TOPS; busiest link reserved {:.1f} % of the time",
                               operations / c.elapsed.seconds() * 1e-12, 100 * c.busiest_link));
  return text;
}

/// Parts above 0.05 % with their shares, wrapped to 80 columns behind the labels.
std::string shares(const std::vector<std::pair<std::string, Energy>>& parts, Energy whole) {
  constexpr std::size_t indent = 26, last_column = 78;
  std::string text;
  std::size_t column = indent;
  for (const auto& [what, energy] : parts) {
    if (whole.si() == 0 || energy / whole < 0.0005) continue;
    const std::string item = fmt::format("{} {:.1f} %", what, 100 * (energy / whole));
    if (!text.empty()) {
      const bool wraps = column + 2 + item.size() > last_column;
      text += wraps ? ",\n" + std::string(indent, ' ') : ", ";
      column = wraps ? indent : column + 2;
    }
    text += item;
    column += item.size();
  }
  return text;
}

std::string energy_part(const MvmResult& r) {
  const LayerCost& c = r.cost;
  std::vector<std::pair<std::string, Energy>> actions, kinds;
  for (const auto& [action, energy] : c.by_action) actions.emplace_back(name(action), energy);
  std::ranges::stable_sort(actions, [](const auto& a, const auto& b) { return a.second > b.second; });
  for (const auto& [kind, energy] : c.by_kind) kinds.emplace_back(kind_name(kind), energy);
  const double operations =
      2.0 * static_cast<double>(r.tokens) * static_cast<double>(r.out) * static_cast<double>(r.in);
  std::string text = heading("Energy", "of the batch");
  text += line("dynamic", fmt::format("{}, {} a vector, {:.4g} TOPS/W", format_quantity(c.dynamic),
                                      format_quantity(c.dynamic / static_cast<double>(r.tokens)),
                                      c.dynamic.si() > 0 ? operations / c.dynamic.si() * 1e-12 : 0.0));
  text += line("  by action", shares(actions, c.dynamic));
  text +=
      line("static, whole chips", fmt::format("{} ({})", format_quantity(c.standing), name(r.hardware.idle_policy)));
  text += line("both rest on", shares(kinds, c.dynamic + c.standing));
  text += line("MVMs", fmt::format("{}; DAC {}, ADC {} conversions", r.counts.mvms, r.counts.dac_conversions,
                                   r.counts.adc_conversions));
  std::string setup = plural(r.setup.cells_programmed, "cell") + " programmed";
  if (r.setup.compensation_reads > 0) setup += ", " + plural(r.setup.compensation_reads, "MVM") + " to measure drift";
  text += line("before, not in these", setup);
  return text;
}

std::string device_text(const MvmRequest& request) {
  if (request.device.model == "none") return "ideal device";
  std::string text = "device " + request.device.model;
  if (request.seconds > 0) text += " " + duration_text(request.seconds) + " after programming";
  return text;
}

}  // namespace

std::string mvm_report(const MvmResult& r) {
  std::string text = fmt::format("weights [{}, {}] x inputs [{}, {}] on {}\n{}, seed {}\n", r.out, r.in, r.tokens, r.in,
                                 r.hardware.name, device_text(r.request), r.request.seed);
  return text + layer_part(r) + error_part(r) + time_part(r) + energy_part(r);
}

}  // namespace aimc::sim
