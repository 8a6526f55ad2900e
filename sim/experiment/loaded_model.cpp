#include "sim/experiment/loaded_model.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/check/error.h"
#include "sim/experiment/deployment_name.h"
#include "sim/experiment/make_workload.h"
#include "sim/experiment/model_tokenizer.h"
#include "sim/experiment/present_effects.h"
#include "sim/functional/checkpoint_ranges.h"
#include "sim/mapping/mapper.h"

namespace aimc::sim {
namespace {

bool uses(const DeploymentSpec& deployment, const workloads::Graph& graph, LinearUnit unit) {
  for (const auto& node : graph.nodes)
    if (std::holds_alternative<workloads::LinearOp>(node.op) && unit_of(deployment, node.name) == unit) return true;
  return false;
}

// Tokens that are sampled, of all that are computed. Of a prompt given as text, workload.prompt_tokens stands in for
// its length, which weights and a tokenizer would say.
double sampled_share(const WorkloadSpec& workload) {
  std::int64_t sampled = workload.new_tokens, computed = workload.prompt_tokens + workload.new_tokens - 1;
  if (workload.arrivals.kind == ArrivalKind::trace) {
    sampled = computed = 0;
    for (const Request& request : workload.arrivals.requests) {
      sampled += request.new_tokens;
      computed += request.prompt_tokens + request.new_tokens - 1;
    }
  }
  return computed == 0 ? 1 : static_cast<double>(sampled) / static_cast<double>(computed);
}

bool needs_ranges(const Program& program) {
  return std::ranges::any_of(
      program.linears, [&](const LinearPlacement& placement) { return has_static_range(placement, program.hardware); });
}

// A pattern that matches nothing is a typing error that would change nothing.
void check_patterns(const workloads::Graph& graph, const DeploymentSpec& deployment) {
  std::set<std::string> kinds;
  for (const auto& node : graph.nodes)
    if (std::holds_alternative<workloads::LinearOp>(node.op)) kinds.insert(node.name.substr(node.name.rfind('.') + 1));
  for (const auto& rule : deployment.units) {
    const bool matches = std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const workloads::Node& node) {
      return std::holds_alternative<workloads::LinearOp>(node.op) &&
             (rule.match == "*" || node.name.find(rule.match) != std::string::npos);
    });
    if (!matches)
      throw ConfigError(fmt::format("deployments: units: no linear's name contains '{}'; there are {}", rule.match,
                                    fmt::join(kinds, ", ")));
  }
}

}  // namespace

LoadedModel load_model(const ModelReference& reference) {
  LoadedModel loaded{workloads::open_model(reference.path, reference.format), nullptr, {}};
  if (!loaded.has_weights()) return loaded;
  workloads::check_weights(*loaded.model.weights, loaded.model.graph);
  loaded.tokenizer = open_tokenizer(reference, loaded.model.config);
  loaded.shared = read_shared_tensors(loaded.model.graph, *loaded.model.weights);
  return loaded;
}

Program map_deployment(const workloads::Graph& graph, const ExperimentSpec& spec, const DeploymentSpec& deployment) {
  check_patterns(graph, deployment);
  HardwareSpec hardware = spec.hardware;
  hardware.digital.input_range = deployment.digital_inputs.value_or(hardware.digital.input_range);
  MappingSpec mapping = spec.mapping;
  mapping.seed = spec.seed;
  // Deployments that are not timed draw no power.
  const bool timed = timed_deployment(spec, graph) == &deployment;
  mapping.digital_units_given = timed && spec.mapping.digital_units_given;
  mapping.attention_units_given = timed && spec.mapping.attention_units_given;
  mapping.sampled_share = sampled_share(spec.workload);
  return map_model(
      graph, hardware, [&](const workloads::Node& linear) { return unit_of(deployment, linear.name); }, mapping);
}

const DeploymentSpec* timed_deployment(const ExperimentSpec& spec, const workloads::Graph& graph) {
  if (!spec.workload.deployment.empty()) {
    for (const auto& deployment : spec.deployments)
      if (deployment_name(deployment, spec.hardware) == spec.workload.deployment) return &deployment;
    return nullptr;
  }
  const DeploymentSpec* physical = nullptr;
  for (const auto& deployment : spec.deployments) {
    if (uses(deployment, graph, LinearUnit::floating_point)) continue;
    if (integers_in_cells(deployment)) continue;  // a thought experiment: no hardware here is that
    if (uses(deployment, graph, LinearUnit::analog)) return &deployment;
    if (physical == nullptr) physical = &deployment;
  }
  return physical;
}

std::vector<std::vector<TokenId>> calibration_sequences(const ExperimentSpec& spec, const LoadedModel& loaded) {
  workloads::TaskSpec source;
  source.text = spec.accuracy.calibration_text;
  source.limit = spec.accuracy.calibration_texts;
  std::vector<std::vector<TokenId>> sequences;
  for (const auto& text : workloads::split_texts(source)) {
    std::vector<TokenId> ids = sequence_of(*loaded.tokenizer, text);
    if (static_cast<Index>(ids.size()) > loaded.model.config.context)
      ids.resize(static_cast<std::size_t>(loaded.model.config.context));
    sequences.push_back(std::move(ids));
  }
  return sequences;
}

namespace {

InputRanges find_ranges(const ExperimentSpec& spec, const LoadedModel& loaded, RangeSource source,
                        const Program& program, LinearStore& linears) {
  if (!needs_ranges(program)) return {};
  if (source == RangeSource::checkpoint) return checkpoint_ranges(program, *loaded.model.weights);
  if (spec.accuracy.calibration_text.empty())
    throw ConfigError(
        "accuracy.calibration_text: static input ranges need a text to calibrate them on; name one, set "
        "accuracy.calibration.method=checkpoint where the model has learned ranges, or choose dynamic ranges ("
        "hardware.tile.input.range for arrays, hardware.digital.input_range for digital linears)");
  return calibrate(program, loaded.shared, linears.build_float(program), calibration_sequences(spec, loaded),
                   spec.accuracy.calibration);
}

}  // namespace

RangeSource range_source(const ExperimentSpec& spec, const LoadedModel& loaded, const DeploymentSpec& deployment) {
  if (deployment.ranges) return *deployment.ranges;
  const bool learned = spec.accuracy.calibration.method == CalibrationMethod::checkpoint ||
                       has_learned_ranges(loaded.model.graph, *loaded.model.weights);
  return learned ? RangeSource::checkpoint : RangeSource::calibrated;
}

InputRanges deployment_ranges(const ExperimentSpec& spec, const LoadedModel& loaded, const DeploymentSpec& deployment,
                              const Program& program) {
  LinearStore linears(*loaded.model.weights);
  return find_ranges(spec, loaded, range_source(spec, loaded, deployment), program, linears);
}

const InputRanges& SharedBuilds::ranges(const DeploymentSpec& deployment, const Program& program) {
  Cut cut;
  if (!needs_ranges(program)) return ranges_[cut];
  for (const auto& placement : program.linears)
    cut.linears.emplace_back(placement.row_tiles, has_static_range(placement, program.hardware));
  cut.sharing = program.hardware.tile.input.sharing;
  cut.source = range_source(spec_, loaded_, deployment);
  const auto [place, is_new] = ranges_.try_emplace(std::move(cut));
  if (is_new) place->second = find_ranges(spec_, loaded_, place->first.source, program, linears_);
  return place->second;
}

DeploymentNumerics deployment_numerics(const DeploymentSpec& deployment) {
  DeploymentNumerics numerics;
  numerics.device = device_options(deployment);
  numerics.effects = deployment.effects;
  numerics.integers_in_cells = integers_in_cells(deployment);
  numerics.seconds = deployment.t_inference.si();
  numerics.compensation = deployment.compensation;
  numerics.arithmetic = deployment.arithmetic;
  numerics.kernel = deployment.kernel;
  return numerics;
}

int kv_bits_of(const Program& program) {
  for (const auto& placement : program.linears)
    if (placement.unit != LinearUnit::floating_point) return program.hardware.attention.kv_bits;
  return 32;
}

std::vector<TokenId> sequence_of(const workloads::Tokenizer& tokenizer, const std::string& text) {
  if (tokenizer.bos() < 0) throw InputError("the tokenizer names no BOS token, which every sequence begins with");
  std::vector<TokenId> ids{tokenizer.bos()};
  const auto rest = tokenizer.encode(text);
  ids.insert(ids.end(), rest.begin(), rest.end());
  return ids;
}

void check_workload(const InferenceWorkload& workload, std::int64_t context) {
  for (const Request& request : workload.requests) {
    if (request.context_tokens + request.prompt_tokens + request.new_tokens <= context) continue;
    throw ConfigError(fmt::format("workload: {} prompt + {} new tokens exceed the model's context of {}",
                                  request.context_tokens + request.prompt_tokens, request.new_tokens, context));
  }
}

std::vector<TokenId> workload_prompt(const ExperimentSpec& spec, const LoadedModel& loaded) {
  if (!spec.workload.prompt.empty()) return sequence_of(*loaded.tokenizer, spec.workload.prompt);
  std::vector<TokenId> ids = sequence_of(*loaded.tokenizer, "");
  const auto wanted = static_cast<std::size_t>(spec.workload.prompt_tokens);
  if (spec.accuracy.calibration_text.empty()) return std::vector<TokenId>(wanted, loaded.tokenizer->bos());
  auto sequences = calibration_sequences(spec, loaded);
  std::erase_if(sequences, [](const auto& sequence) { return sequence.size() < 2; });
  if (sequences.empty()) return std::vector<TokenId>(wanted, loaded.tokenizer->bos());
  for (std::size_t next = 0; ids.size() < wanted; next = (next + 1) % sequences.size()) {
    const auto& sequence = sequences[next];
    const auto count = std::min(wanted - ids.size(), sequence.size() - 1);
    ids.insert(ids.end(), sequence.begin() + 1, sequence.begin() + 1 + static_cast<std::ptrdiff_t>(count));
  }
  return ids;
}

InferenceWorkload timed_workload(const ExperimentSpec& spec, const LoadedModel& loaded) {
  std::int64_t prompt_tokens = spec.workload.prompt_tokens;
  if (!spec.workload.prompt.empty() && loaded.tokenizer == nullptr)
    throw ConfigError("workload.prompt: without weights there is no tokenizer; give workload.prompt_tokens instead");
  if (!spec.workload.prompt.empty()) prompt_tokens = std::ssize(workload_prompt(spec, loaded));
  auto workload = make_workload(spec.workload, prompt_tokens, RandomKey(spec.seed).child("workload"));
  check_workload(workload, loaded.model.config.context);
  return workload;
}

}  // namespace aimc::sim
