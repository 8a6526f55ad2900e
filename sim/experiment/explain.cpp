#include "sim/experiment/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/check/error.h"
#include "sim/experiment/checkpoint.h"
#include "sim/experiment/cost.h"
#include "sim/experiment/deployment_name.h"
#include "sim/experiment/find_linear.h"
#include "sim/experiment/linear_probe.h"
#include "sim/experiment/present_effects.h"
#include "sim/experiment/probe.h"
#include "sim/experiment/study.h"
#include "tiles/crossbar/column_values.h"
#include "tiles/crossbar/programming.h"
#include "tiles/spec/mvm_passes.h"

namespace aimc::sim {
namespace {

using tiles::Effects;

constexpr int bins = 40;
constexpr double input_margin = 1.25;  // of the range: what is clipped shows beyond 1

Histogram empty_histogram(double low, double high) { return {low, high, std::vector<std::int64_t>(bins, 0), 0}; }

void add(Histogram& histogram, double value) {
  const double place = (value - histogram.low) / (histogram.high - histogram.low) * bins;
  if (value < histogram.low || value > histogram.high) ++histogram.beyond;
  ++histogram.bins[static_cast<std::size_t>(std::clamp(place, 0.0, bins - 1.0))];
}

double share(std::int64_t part, Index whole) { return static_cast<double>(part) / static_cast<double>(whole); }

/// One code an output is what column_values gives; other arrays convert parts of it.
std::string no_codes(const tiles::TileSpec& spec) {
  const auto passes = tiles::input_passes(spec);
  const auto conversions = std::ranges::count_if(passes, &tiles::InputPass::converts);
  const int slices = tiles::slices_per_weight(spec.slicing);
  if (passes.size() == 1 && slices == 1) return {};
  return fmt::format("an output is put together from {} pass{}, {} conversion{} and {} slice{}", passes.size(),
                     passes.size() == 1 ? "" : "es", conversions * slices, conversions * slices == 1 ? "" : "s", slices,
                     slices == 1 ? "" : "s");
}

/// What the converters of one row tile see.
RowTileView view_tile(const tiles::RowTile& rows, const MatrixView& inputs, const MatrixView& held,
                      const Vector& reference, const Vector& ranges, const tiles::TileSpec& spec) {
  RowTileView view{.first_row = rows.begin, .rows = rows.rows};
  view.input_range = ranges.cast<double>().mean();
  view.inputs = empty_histogram(-input_margin, input_margin);
  std::int64_t clipped = 0, saturated = 0;
  for (Index token = 0; token < inputs.rows(); ++token)
    for (Index i = 0; i < inputs.cols(); ++i) {
      const double magnitude = std::abs(static_cast<double>(inputs(token, i)));
      if (magnitude > static_cast<double>(ranges[token])) ++clipped;
      if (ranges[token] > 0)
        add(view.inputs, static_cast<double>(inputs(token, i)) / static_cast<double>(ranges[token]));
    }
  view.clipped = share(clipped, inputs.size());
  if (!no_codes(spec).empty()) return view;
  const double largest = tiles::largest_code(spec.adc.bits);
  view.codes = empty_histogram(-largest, largest);
  const Matrix values = tiles::column_values(inputs, held, reference, ranges, spec);
  for (Index i = 0; i < values.size(); ++i) {
    const auto value = static_cast<double>(values.data()[i]);
    if (std::abs(value) > largest) ++saturated;
    add(view.codes, value);
    const double code = std::clamp(std::nearbyint(value), -largest, largest);
    view.lowest_code = std::min(view.lowest_code, code);
    view.highest_code = std::max(view.highest_code, code);
  }
  view.saturated = share(saturated, values.size());
  return view;
}

/// Row tiles and weights.
void view_arrays(const Program& program, const LinearPlacement& placement, const InputRanges& ranges,
                 const LinearProbe& probe, Explanation& result) {
  const auto& spec = program.hardware.tile;
  const Matrix held = probe.held();
  const Matrix& weights = probe.weights();
  result.weights = empty_histogram(0, 1);
  double squares = 0;
  std::int64_t beyond = 0;
  for (const auto& rows : tiles::row_tiles_of(placement.row_tiles)) {
    const auto inputs = probe.inputs().middleCols(rows.begin, rows.rows);
    const auto of_tile = held.middleCols(rows.begin, rows.rows), targets = weights.middleCols(rows.begin, rows.rows);
    const Vector window = targets.cwiseAbs().rowwise().maxCoeff().transpose();
    const Vector reference = spec.adc.scale_from == tiles::AdcScaleSource::target
                                 ? window
                                 : Vector(of_tile.cwiseAbs().rowwise().maxCoeff().transpose());
    Vector of_token(inputs.rows());
    if (spec.input.range == tiles::InputRangeMode::static_range)
      of_token.setConstant(ranges.at(placement.linear)[static_cast<std::size_t>(rows.number)]);
    else
      of_token = inputs.cwiseAbs().rowwise().maxCoeff().transpose();
    result.tiles.push_back(view_tile(rows, inputs, of_tile, reference, of_token, spec));
    for (Index channel = 0; channel < targets.rows(); ++channel) {
      if (window[channel] == 0) continue;
      for (Index i = 0; i < rows.rows; ++i) {
        const double part = std::abs(static_cast<double>(targets(channel, i)) / static_cast<double>(window[channel]));
        add(result.weights, part);
        squares += part * part;
        if (std::abs(of_tile(channel, i)) > window[channel]) ++beyond;
      }
    }
  }
  result.weights_rms = std::sqrt(squares / static_cast<double>(weights.size()));
  result.held_beyond = share(beyond, weights.size());
}

void view_errors(const std::vector<tiles::Effect>& effects, Effects acting, const LinearProbe& probe,
                 Explanation& result) {
  // Every linear on arrays has the error of its weights, which adds to that of each effect.
  const double of_weights = probe.error(Effects::none()), signal = probe.signal();
  double sum = 0;
  const auto add_cause = [&](std::string_view cause, double power) {
    result.effects.push_back({std::string(cause), sqnr_decibels(signal, power), power});
    sum += power;
  };
  add_cause("weights", of_weights);
  for (const tiles::Effect effect : effects)
    add_cause(name(effect), std::max(0.0, probe.error(Effects::only(effect)) - of_weights));
  for (auto& effect : result.effects)
    if (sum > 0) effect.power_share /= sum;
  std::ranges::stable_sort(result.effects, std::greater<>(), &CauseOfError::power_share);
  result.sqnr_db = sqnr_decibels(signal, probe.error(acting));
}

LinearCost cost_of(const ExperimentSpec& spec, const DeploymentSpec& deployment, const Program& program,
                   const InferenceWorkload& workload, const LinearPlacement& placement) {
  LinearCost cost;
  const CostResult run = simulate_cost(spec, deployment, program, workload, {.keep_intervals = true, .exact = true});
  cost.not_simulated = run.not_simulated;
  if (!cost.not_simulated.empty()) return cost;
  cost.workload = workload;
  cost.arrays = placement.shard_count;
  cost.all_mvms = run.timing.mvms;
  for (const auto& [key, count] : run.timing.counts.entries())
    if (key.action == Action::mvm && key.operator_id == placement.linear) cost.mvms += count;
  std::map<std::int64_t, std::pair<Time, Time>> spans;  // by token
  Time busy;
  for (const auto& interval : run.timing.intervals) {
    if (program.steps[interval.step].node != placement.linear) continue;
    busy += interval.end - interval.begin;
    const auto [span, first] = spans.try_emplace(interval.token, interval.begin, interval.end);
    if (first) continue;
    span->second.first = std::min(span->second.first, interval.begin);
    span->second.second = std::max(span->second.second, interval.end);
  }
  cost.busy_s = busy.seconds();
  std::int64_t decoded = 0;
  for (const auto& [token, span] : spans) {
    // Tokens of the prompt queue for one array; a decoded token meets an idle one.
    if (workload.new_tokens() > 1 && token < workload.prompt_tokens()) continue;
    cost.per_token_s += (span.second - span.first).seconds();
    ++decoded;
  }
  if (decoded > 0) cost.per_token_s /= static_cast<double>(decoded);
  cost.energy_j = run.energy.dynamic_by_operator.at(placement.linear).si();
  cost.dynamic_j = run.energy.dynamic.si();
  return cost;
}

std::vector<TokenId> tokens_for(const ExperimentSpec& spec, const LoadedModel& loaded, const ExplainOptions& options) {
  const std::int64_t wanted = std::max(options.tokens, options.token.value_or(0) + 1);
  const auto tokens = probe_tokens(spec, loaded, wanted);
  if (tokens.empty())
    throw ConfigError("accuracy.calibration_text: name a text whose tokens the linear is looked at with");
  if (options.token.has_value() && *options.token >= static_cast<std::int64_t>(tokens.size()))
    throw ConfigError(fmt::format("--token: the probe ends at token {} (end of the calibration text or of the context)",
                                  tokens.size() - 1));
  return tokens;
}

void describe_token(const workloads::Tokenizer& tokenizer, std::span<const TokenId> tokens, Explanation& result) {
  constexpr std::size_t before = 12;
  const auto at = static_cast<std::size_t>(result.token.value_or(0));
  const std::size_t from = at > before ? at - before : 1;
  if (at == 0) {
    result.token_text = "(beginning of the sequence)";
    return;
  }
  result.token_text = tokenizer.decode_continuation(tokens.subspan(at, 1));
  if (from < at) result.text_before = tokenizer.decode_continuation(tokens.subspan(from, at - from));
}

}  // namespace

Explanation explain(const ExperimentSpec& spec, const ExplainOptions& options) {
  const LoadedModel own = load_model(spec.model);
  if (!own.has_weights())
    throw ConfigError(fmt::format("model.path: {} has no weights to look at", spec.model.path.string()));
  const DeploymentSpec& deployment = find_deployment(spec, own.model.graph, options.deployment);
  const LoadedModel loaded = load_checkpoint(spec.model, own, deployment);
  const workloads::Node& node = find_linear(loaded.model.graph, options.layer);
  const Program program = map_deployment(loaded.model.graph, spec, deployment);
  const LinearPlacement& placement = program.placement(node.id);
  Explanation result;
  result.deployment = deployment_name(deployment, spec.hardware);
  result.linear = node.name;
  if (placement.unit != LinearUnit::analog)
    throw ConfigError(fmt::format("--layer: {} is not analog in '{}' but {}; choose another (or --deployment)",
                                  node.name, result.deployment, name(placement.unit)));
  const auto tokens = tokens_for(spec, loaded, options);
  const DeploymentPlan plan{result.deployment, &program, deployment_numerics(deployment),
                            deployment_ranges(spec, loaded, deployment, program), kv_bits_of(program)};
  const auto all = static_cast<Index>(tokens.size());
  const LinearProbe probe(plan, loaded, node.id,
                          {tokens, options.token.value_or(0), options.token.has_value() ? 1 : all}, spec.seed);
  result.in = probe.weights().cols();
  result.out = probe.weights().rows();
  result.row_tiles = static_cast<std::int64_t>(placement.row_tiles.size());
  result.column_tiles = static_cast<std::int64_t>(placement.column_tiles.size());
  result.tokens = probe.inputs().rows();
  result.token = options.token;
  result.adc_largest_code = tiles::largest_code(spec.hardware.tile.adc.bits);
  result.no_codes = no_codes(spec.hardware.tile);
  if (result.token.has_value()) describe_token(*loaded.tokenizer, tokens, result);
  view_arrays(program, placement, plan.ranges, probe, result);
  std::vector<tiles::Effect> effects = present_effects(deployment, spec.hardware);
  std::erase_if(effects, [&](tiles::Effect effect) { return !deployment.effects.has(effect); });
  view_errors(effects, deployment.effects, probe, result);
  InferenceWorkload first = timed_workload(spec, loaded);
  first.requests.resize(1);  // a linear is looked at in one request that runs alone
  result.cost = cost_of(spec, deployment, program, first, placement);
  return result;
}

}  // namespace aimc::sim
