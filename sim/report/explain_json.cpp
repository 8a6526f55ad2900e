#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/report/explain_page.h"

namespace aimc::sim {
namespace {

using Json = nlohmann::ordered_json;

Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(); }

Json histogram_json(const Histogram& h) {
  return {{"low", h.low}, {"high", h.high}, {"bins", h.bins}, {"beyond", h.beyond}};
}

Json tiles_json(const Explanation& e) {
  Json tiles = Json::array();
  for (const auto& tile : e.tiles) {
    Json& one = tiles.emplace_back(Json{{"first_row", tile.first_row},
                                        {"rows", tile.rows},
                                        {"input_range", tile.input_range},
                                        {"inputs_over_range", histogram_json(tile.inputs)},
                                        {"dac_clip_rate", tile.clipped}});
    if (!e.no_codes.empty()) continue;
    one["adc_codes"] = histogram_json(tile.codes);
    one["adc_clip_rate"] = tile.saturated;
    one["lowest_code"] = tile.lowest_code;
    one["highest_code"] = tile.highest_code;
  }
  return tiles;
}

Json cost_json(const LinearCost& c) {
  if (!c.not_simulated.empty()) return {{"not_simulated", c.not_simulated}};
  return {{"prompt_tokens", c.workload.prompt_tokens()},
          {"new_tokens", c.workload.new_tokens()},
          {"arrays", c.arrays},
          {"mvms", c.mvms},
          {"mvms_of_all", c.all_mvms},
          {"time_per_token_s", c.per_token_s},
          {"busy_s", c.busy_s},
          {"energy_j", c.energy_j},
          {"dynamic_energy_of_run_j", c.dynamic_j}};
}

}  // namespace

std::string explain_json(const ExperimentSpec& spec, const Explanation& e) {
  Json effects = Json::array();
  for (const auto& effect : e.effects)
    effects.push_back({{"effect", effect.cause},
                       {"sqnr_alone_db", number_or_null(effect.sqnr_db)},
                       {"share_of_error_power", effect.power_share}});
  Json token;
  if (e.token.has_value()) token = {{"index", *e.token}, {"text", e.token_text}, {"text_before", e.text_before}};
  const Json json = {{"schema_version", 1},
                     {"experiment", spec.name},
                     {"seed", spec.seed},
                     {"hardware", spec.hardware.name},
                     {"deployment", e.deployment},
                     {"linear", e.linear},
                     {"in", e.in},
                     {"out", e.out},
                     {"column_tiles", e.column_tiles},
                     {"tokens", e.tokens},
                     {"token", token},
                     {"no_adc_codes", e.no_codes.empty() ? Json() : Json(e.no_codes)},
                     {"row_tiles", tiles_json(e)},
                     {"weights_over_maximum", histogram_json(e.weights)},
                     {"weights_rms", e.weights_rms},
                     {"held_beyond_window", e.held_beyond},
                     {"effects", effects},
                     {"sqnr_db", number_or_null(e.sqnr_db)},
                     {"cost", cost_json(e.cost)}};
  // A token may hold half a character.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace aimc::sim
