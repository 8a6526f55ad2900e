#include "sim/report/summary_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/report/energy_json.h"
#include "sim/report/labels.h"
#include "sim/report/latency_json.h"

namespace aimc::sim {
namespace {

using Json = nlohmann::ordered_json;

Json model_json(const RunResult& r) {
  return {{"name", r.model.name},
          {"parameters", r.parameters},
          {"static_macs_per_token", r.macs_per_token},
          {"layers", r.model.layers},
          {"hidden", r.model.hidden},
          {"heads", r.model.heads},
          {"kv_heads", r.model.kv_heads},
          {"intermediate", r.model.intermediate},
          {"vocabulary", r.model.vocabulary},
          {"context", r.model.context}};
}

Json spread_json(const Spread& spread) {
  return {{"mean", spread.mean}, {"std", spread.std}, {"values", spread.values}};
}

// One pair alone has a difference but no interval.
Json difference_json(const PairedDifference& d) {
  if (!has_interval(d)) return {{"mean", d.mean}, {"low_95", nullptr}, {"high_95", nullptr}, {"over", d.over}};
  return {{"mean", d.mean}, {"low_95", d.low}, {"high_95", d.high}, {"over", d.over}};
}

Json accuracy_json(const RunResult& r) {
  if (!r.accuracy.not_measured.empty()) return nullptr;
  Json all = Json::object();
  for (const auto& d : r.accuracy.deployments) {
    Json one = {{"seeds", d.seeds}};
    if (r.accuracy.texts > 0) {
      one["bits_per_character"] = spread_json(d.bits_per_character);
      one["perplexity"] = spread_json(d.perplexity);
      one["pooled_bits_per_character"] = d.pooled_bits_per_character;
      one["pooled_perplexity"] = d.pooled_perplexity;
    }
    if (r.accuracy.choices > 0) one["cloze_accuracy"] = spread_json(d.choice_accuracy);
    if (&d != &r.accuracy.deployments.front()) {
      if (r.accuracy.texts > 0) one["bits_per_character_difference"] = difference_json(d.bits_per_character_difference);
      if (r.accuracy.choices > 0) one["cloze_accuracy_difference"] = difference_json(d.choice_accuracy_difference);
    }
    one["inputs_clipped"] = d.activity.dac_clipped;
    one["outputs_clipped"] = d.activity.adc_clipped;
    one["mvms"] = d.activity.mvms;
    one["mvm_retries"] = d.activity.retries;
    one["kernel"] = d.kernel;
    one["input_ranges_from"] = d.ranges_from.empty() ? Json() : Json(d.ranges_from);
    all[d.name] = one;
  }
  return all;
}

// Infinite where a linear makes no error: null, as JSON has no infinity.
Json layers_json(const RunResult& r) {
  if (!r.layers.not_measured.empty()) return {{"not_measured", r.layers.not_measured}};
  Json linears = Json::array();
  for (const auto& [linear, q] : r.layers.linears) {
    const bool analog = q.unit == LinearUnit::analog;
    linears.push_back(
        {{"linear", linear},
         {"unit", name(q.unit)},
         {"sqnr_db", std::isfinite(q.sqnr_db) ? Json(q.sqnr_db) : Json()},
         {"sqnr_in_network_db", std::isfinite(q.sqnr_in_network_db) ? Json(q.sqnr_in_network_db) : Json()},
         {"dac_clip_rate", analog ? Json(q.dac_clip_rate) : Json()},
         {"adc_clip_rate", analog ? Json(q.adc_clip_rate) : Json()},
         {"kl_nats", q.kl_nats}});
  }
  return {{"deployment", r.layers.deployment}, {"probe_tokens", r.layers.tokens}, {"linears", linears}};
}

Json items_json(const RunResult& r) {
  if (!r.accuracy.not_measured.empty()) return {{"not_measured", r.accuracy.not_measured}};
  return {{"task", r.accuracy.task},
          {"texts", r.accuracy.texts},
          {"characters", r.accuracy.characters},
          {"tokens", r.accuracy.tokens},
          {"cloze_items", r.accuracy.choices},
          {"cloze_chance", r.accuracy.chance},
          {"reference", r.accuracy.deployments.front().name}};
}

// Twelve digits: the conversion from square metres leaves noise in the last ones.
double square_millimetres(Area area) { return std::stod(fmt::format("{:.12g}", area.si() * 1e6)); }

Json area_json(const RunResult& r) {
  if (!r.cost.not_simulated.empty()) return nullptr;
  Json parts = Json::object();
  for (const auto& part : r.cost.area.parts)
    parts[part.what] = {{"units", part.units}, {"mm2", square_millimetres(part.area)}, {"kind", kind_name(part.kind)}};
  return {{"total_mm2", square_millimetres(r.cost.area.total)},
          {"chip_mm2", square_millimetres(r.cost.area.per_chip)},
          {"parts", parts}};
}

Json mapping_json(const RunResult& r) {
  if (!r.cost.not_simulated.empty()) return {{"not_simulated", r.cost.not_simulated}};
  const MappingSummary& m = r.cost.mapping;
  return {
      {"chips", m.chips},
      {"tiles_used", m.tiles_used},
      {"tiles_there", m.tiles_there},
      {"arrays_used", m.arrays_used},
      {"embedding_arrays", r.program.embedding ? r.program.embedding->shard_count * r.program.embedding->replicas : 0},
      {"linears_split_over_row_tiles", m.split_linears},
      {"weights_per_cell", m.weights_per_cell},
      {"adc_conversions_per_token", m.conversions_per_token},
      {"adc_conversions_per_output", m.conversions_per_output},
      {"tile_utilisation", r.cost.tile_utilisation}};
}

Json peak_json(const RunResult& r) {
  if (!r.cost.not_simulated.empty() || r.spec.hardware.chip.tiles == 0) return nullptr;
  const PeakNumbers& p = r.cost.peak;
  return {{"mvm_period_s", p.mvm_period.seconds()}, {"mvm_energy_j", p.mvm_energy.si()}, {"tops", p.tops},
          {"tops_per_w", p.tops_per_watt},          {"tops_per_mm2", p.tops_per_mm2},    {"w", p.watt}};
}

Json counts_json(const RunResult& r) {
  Json totals = Json::object();
  for (const Action action : all_actions())
    if (const auto total = r.cost.timing.counts.total(action); total > 0) totals[std::string(name(action))] = total;
  Json json = {{"totals", totals}};
  if (r.counts.not_compared.empty())
    json["executors_agree_on"] = r.counts.keys;
  else
    json["not_compared"] = r.counts.not_compared;
  return json;
}

Json provenance_json(const RunResult& r) {
  Json json = Json::object();
  for (const auto& [key, p] : r.spec.provenance)
    if (key.starts_with("hardware."))
      json[key] = {{"value", p.value}, {"kind", kind_name(p.kind)}, {"source", p.source}};
  return json;
}

}  // namespace

std::string summary_json(const RunResult& r) {
  Json generated = nullptr;
  if (!r.generated.prompt.empty() || !r.generated.continuation.empty())
    generated = {{"prompt", r.generated.prompt}, {"continuation", r.generated.continuation}};
  Json json = {{"schema_version", 1},
               {"tool", {{"name", "aimcsim"}, {"version", AIMC_VERSION}}},
               {"experiment", r.spec.name},
               {"seed", r.spec.seed},
               {"model", model_json(r)},
               {"hardware", r.spec.hardware.name},
               {"generated", generated},
               {"accuracy", accuracy_json(r)},
               {"accuracy_items", items_json(r)},
               {"layers", layers_json(r)},
               {"latency", latency_json(r)},
               {"energy", energy_json(r)},
               {"area", area_json(r)},
               {"mapping", mapping_json(r)},
               {"peak", peak_json(r)},
               {"counts", counts_json(r)},
               {"constants", provenance_json(r)},
               {"run",
                {{"threads", r.threads},
                 {"timing_wall_s", r.wall.timing_s},
                 {"calibration_wall_s", r.wall.calibration_s},
                 {"accuracy_wall_s", r.wall.accuracy_s},
                 {"layers_wall_s", r.wall.layers_s},
                 {"counts_wall_s", r.wall.counts_s},
                 {"total_wall_s", r.wall.total_s}}}};
  return json.dump(2) + "\n";
}

}  // namespace aimc::sim
