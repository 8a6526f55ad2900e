#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/report/labels.h"
#include "sim/report/mvm_report.h"

namespace aimc::sim {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json error_json(const ErrorStatistics& e, bool has_lsb) {
  Json json = {{"sqnr_db", number(e.sqnr())},
               {"mean", e.mean},
               {"std", e.deviation},
               {"max", e.largest},
               {"rms", e.error_rms},
               {"output_rms", e.signal_rms},
               {"relative", number(e.relative())}};
  json["rms_in_adc_lsb"] = has_lsb ? number(e.lsb_rms) : Json(nullptr);
  return json;
}

Json layer_json(const MvmResult& r) {
  return {{"out", r.out},
          {"in", r.in},
          {"tokens", r.tokens},
          {"row_tiles", r.row_tiles},
          {"column_tiles", r.column_tiles},
          {"arrays", r.arrays},
          {"chips", r.chips},
          {"cells_filled", r.weights_per_cell},
          {"input_bits", r.hardware.tile.input.bits},
          {"adc_bits", r.hardware.tile.adc.bits},
          {"out_bound", r.hardware.tile.adc.out_bound},
          {"input_ranges", r.input_ranges.empty() ? Json(nullptr) : Json(r.input_ranges)},
          {"input_range_source", r.range_source}};
}

Json counts_json(const MvmResult& r) {
  const tiles::LinearCounts& c = r.counts;
  return {{"mvm", c.mvms},
          {"dac_conversion", c.dac_conversions},
          {"cell_read", c.cell_reads},
          {"adc_conversion", c.adc_conversions},
          {"affine", c.affine},
          {"accumulate", c.accumulate},
          {"inputs_clipped", c.dac_clipped},
          {"outputs_clipped", c.adc_clipped},
          {"mvm_repeated", c.retries},
          {"cells_programmed", r.setup.cells_programmed},
          {"compensation_reads", r.setup.compensation_reads}};
}

Json time_json(const LayerCost& c) {
  return {{"load_s", c.array.load.seconds()},
          {"convert_s", c.array.convert.seconds()},
          {"affine_s", c.array.affine.seconds()},
          {"send_s", c.array.send.seconds()},
          {"arrays_alone_s", c.arrays_alone.seconds()},
          {"first_s", c.first.seconds()},
          {"period_s", c.period.seconds()},
          {"batch_s", c.elapsed.seconds()},
          {"retries_s", c.retries.seconds()},
          {"vectors_simulated", c.timed_tokens},
          {"busiest_link", c.busiest_link}};
}

Json energy_json(const LayerCost& c) {
  Json actions = Json::object(), kinds = Json::object();
  for (const auto& [action, energy] : c.by_action)
    if (energy > Energy{}) actions[std::string(name(action))] = energy.si();
  for (const auto& [kind, energy] : c.by_kind) kinds[std::string(kind_name(kind))] = energy.si();
  return {{"dynamic_j", c.dynamic.si()},
          {"static_j", c.standing.si()},
          {"dynamic_by_action_j", actions},
          {"rests_on_j", kinds}};
}

}  // namespace

std::string mvm_json(const MvmResult& r) {
  const bool has_lsb = has_output_step(r);
  Json causes = Json::object();
  for (const CauseError& cause : r.causes) causes[cause.cause] = error_json(cause.error, has_lsb);
  const Json json = {{"schema_version", 1},
                     {"tool", {{"name", "aimcsim"}, {"version", AIMC_VERSION}}},
                     {"hardware", r.hardware.name},
                     {"device", r.request.device.model == "none" ? "ideal" : r.request.device.model},
                     {"seconds_after_programming", r.request.seconds},
                     {"seed", r.request.seed},
                     {"layer", layer_json(r)},
                     {"arithmetic", r.arithmetic == tiles::CrossbarArithmetic::grid ? "grid" : "off_grid"},
                     {"kernel", r.kernel},
                     {"error", error_json(r.error, has_lsb)},
                     {"error_by_cause", causes.empty() ? Json(nullptr) : causes},
                     {"counts", counts_json(r)},
                     {"time", time_json(r.cost)},
                     {"energy", energy_json(r.cost)},
                     {"wall",
                      {{"read_s", r.read_s},
                       {"program_s", r.program_s},
                       {"multiply_s", r.multiply_s},
                       {"compare_s", r.compare_s},
                       {"timing_s", r.timing_s}}}};
  return json.dump(2) + "\n";
}

}  // namespace aimc::sim
