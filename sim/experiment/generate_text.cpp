#include "sim/experiment/generate_text.h"

#include <fmt/format.h>

#include "base/check/error.h"
#include "base/parallel/parallel.h"
#include "sim/experiment/cost.h"
#include "sim/experiment/counts_check.h"
#include "sim/experiment/loaded_model.h"
#include "sim/experiment/run_experiment.h"
#include "sim/functional/generate.h"

namespace aimc::sim {
namespace {

GenerationOptions options_of(const GenerationRequest& request, const std::vector<std::int64_t>& stop_ids) {
  GenerationOptions options;
  options.new_tokens = request.new_tokens;
  options.sampling.temperature = request.temperature;
  options.sampling.top_k = request.top_k;
  options.stop_ids = stop_ids;
  return options;
}

// Decodes what is new since the last call: a piece may wait until its bytes form whole characters.
class TextStream {
 public:
  TextStream(const workloads::Tokenizer& tokenizer, std::vector<TokenId> prompt) : tokenizer_(tokenizer) {
    ids_.assign(prompt.begin() + 1, prompt.end());
    shown_ = tokenizer_.decode(ids_);
  }
  std::string prompt() const { return shown_; }
  std::string next(TokenId id) {
    ids_.push_back(id);
    const std::string all = tokenizer_.decode(ids_);
    if (all.size() <= shown_.size() || (static_cast<unsigned char>(all.back()) & 0x80U) != 0) return {};
    std::string piece = all.substr(shown_.size());
    shown_ = all;
    return piece;
  }

 private:
  const workloads::Tokenizer& tokenizer_;
  std::vector<TokenId> ids_;
  std::string shown_;
};

}  // namespace

GenerationResult generate_text(const ExperimentSpec& experiment, const GenerationRequest& request,
                               const std::function<void(const std::string&)>& piece) {
  ExperimentSpec spec = experiment;
  spec.workload.prompt = request.prompt;
  spec.workload.new_tokens = request.new_tokens;
  GenerationResult result;
  RunResult& run = result.run;
  const LoadedModel loaded = load_model(spec.model);
  if (!loaded.has_weights())
    throw ConfigError(
        fmt::format("model.path: {} has no weights, so there is nothing to generate with", spec.model.path.string()));
  const DeploymentSpec* deployment = timed_deployment(spec, loaded.model.graph);
  if (deployment == nullptr) throw ConfigError("no deployment of the experiment runs on hardware");
  describe_model(loaded, run);
  run.program = map_deployment(loaded.model.graph, spec, *deployment);
  run.threads = thread_count();
  run.accuracy.not_measured = "text was generated";
  timed_workload(spec, loaded);  // refuses what does not fit the context before anything is computed

  const LinearSet linears = build_linears(run.program, *loaded.model.weights, deployment_numerics(*deployment),
                                          deployment_ranges(spec, loaded, run.program), spec.seed);
  const FunctionalExecutor executor(run.program, loaded.shared, linears, kv_bits_of(run.program));
  const std::vector<TokenId> prompt = workload_prompt(spec, loaded);
  TextStream stream(*loaded.tokenizer, prompt);
  piece(stream.prompt());
  const std::vector<std::int64_t> stop_ids = loaded.model.config.stop_ids;
  const auto show = [&](TokenId id) {
    if (std::find(stop_ids.begin(), stop_ids.end(), id) != stop_ids.end()) return true;
    const std::string text = stream.next(id);
    result.text += text;
    piece(text);
    return true;
  };
  const Generation generation =
      generate(executor, prompt, options_of(request, stop_ids), RandomKey(spec.seed).child("generate"), show);
  // The text may have ended early: what is timed is what was generated.
  const InferenceWorkload workload{static_cast<std::int64_t>(prompt.size()),
                                   static_cast<std::int64_t>(generation.ids.size())};
  run.cost = simulate_cost(spec, *deployment, run.program, workload);
  run.counts = compare_executors(run.program, generation.counts, run.cost.timing.counts);
  run.spec = std::move(spec);
  return result;
}

}  // namespace aimc::sim
