#include "base/check/error.h"
#include "sim/experiment/hardware_file.h"
#include "sim/mapping/mapper.h"
#include "sim/timing/tile_bench.h"
#include "sim/timing/timing.h"
#include "sim/validate/closed_forms.h"
#include "sim/validate/load_points.h"
#include "sim/validate/measure.h"
#include "sim/validate/two_tiles.h"
#include "tiles/spec/mvm_passes.h"
#include "workloads/model/model.h"

namespace aimc::sim {
namespace {

Figures measure_mvm(const HardwareSpec& hardware) {
  const TileMeasurement tile = measure_tile(hardware, 64);
  const auto rows = static_cast<double>(hardware.tile.rows), columns = static_cast<double>(hardware.tile.columns);
  return {{"mvm_latency_ns", {tile.latency.nanoseconds(), closed_form::mvm_latency(hardware.tile, rows, columns)}},
          {"mvm_period_ns", {tile.period.nanoseconds(), closed_form::mvm_period(hardware.tile, rows, columns)}}};
}

/// From the first MVM's result to the second one's begin; the packet is longer than the sender's buffer takes to drain.
Figures measure_zero_load(const HardwareSpec& hardware, std::int64_t hops) {
  const std::int64_t bits = std::int64_t{8} * std::min(hardware.tile.rows, hardware.tile.columns);
  const Program program = two_tiles(hardware, hops, bits);
  const TimingResult result = simulate_timing(program, InferenceWorkload::single(1, 1), {.keep_intervals = true});
  Time sent, arrived;
  for (const BusyInterval& interval : result.intervals) {
    if (interval.step == 0) sent = interval.begin;
    if (interval.step == 1) arrived = interval.begin;
  }
  const double elements = static_cast<double>(bits) / 8;
  const double travelled = (arrived - sent).nanoseconds() - closed_form::mvm_latency(hardware.tile, elements, elements);
  return {
      {"packet_ns",
       {travelled, closed_form::zero_load(hardware.network, static_cast<double>(hops), static_cast<double>(bits))}}};
}

Program map_model(const ClosedFormSetup& setup, const HardwareSpec& hardware) {
  const auto project = validation_folder().parent_path().parent_path();
  if (setup.model.empty()) throw ConfigError("closed_form.model: name the folder of a model");
  const workloads::Model model = workloads::open_model(project / setup.model, workloads::ModelFormat::hugging_face);
  return map_in_order(model.graph, hardware, [](const workloads::Node&) { return LinearUnit::analog; });
}

Figures measure_decode(const ClosedFormSetup& setup, const HardwareSpec& hardware) {
  const Program program = map_model(setup, hardware);
  const std::int64_t passes = setup.tokens - 1;
  const TimingResult result = simulate_timing(program, InferenceWorkload::single(1, setup.tokens), {.exact = true});
  const double simulated =
      (result.token_times.back() - result.token_times.front()).nanoseconds() / static_cast<double>(passes);
  double serial = 0;
  for (std::int64_t position = 2; position <= setup.tokens; ++position)
    serial += closed_form::serial_path(program, position) / static_cast<double>(passes);
  const tiles::TileSpec& tile = hardware.tile;
  const double mvm = closed_form::mvm_latency(tile, 1, 1);
  return {{"tpot_ns", {simulated, serial}}, {"mvm_stages_ns", {simulated, (4.0 * program.graph.layers + 1) * mvm}}};
}

Figures measure_prefill(const ClosedFormSetup& setup, const HardwareSpec& hardware) {
  const Program program = map_model(setup, hardware);
  const TimingResult result = simulate_timing(program, InferenceWorkload::single(setup.tokens, 1));
  return {{"ttft_ns", {result.time_to_first_token().nanoseconds(), closed_form::prefill_bound(program, setup.tokens)}}};
}

}  // namespace

Figures measure_closed_form(const ValidationCase& one) {
  const ClosedFormSetup& setup = *one.closed_form;
  const HardwareSpec hardware = load_hardware(one.hardware, one.set).spec;
  switch (setup.form) {
    case ClosedForm::mvm:
      return measure_mvm(hardware);
    case ClosedForm::zero_load:
      return measure_zero_load(hardware, setup.hops);
    case ClosedForm::decode:
      return measure_decode(setup, hardware);
    case ClosedForm::prefill:
      return measure_prefill(setup, hardware);
  }
  return {};
}

}  // namespace aimc::sim
