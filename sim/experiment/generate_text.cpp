#include "sim/experiment/generate_text.h"

#include <fmt/format.h>

#include "base/check/error.h"
#include "base/parallel/parallel.h"
#include "sim/experiment/checkpoint.h"
#include "sim/experiment/cost.h"
#include "sim/experiment/counts_check.h"
#include "sim/experiment/deployment_name.h"
#include "sim/experiment/loaded_model.h"
#include "sim/experiment/make_workload.h"
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

// Length of the text without a last UTF-8 character whose bytes have not all come yet.
std::size_t whole_characters(const std::string& text) {
  const auto byte = [&](std::size_t from_end) { return static_cast<unsigned char>(text[text.size() - from_end]); };
  for (std::size_t back = 1; back <= std::min<std::size_t>(4, text.size()); ++back) {
    if ((byte(back) & 0xC0U) == 0x80U) continue;  // a continuation byte: its lead stands before it
    const std::size_t length = byte(back) >= 0xF0U ? 4 : byte(back) >= 0xE0U ? 3 : byte(back) >= 0xC0U ? 2 : 1;
    return length > back ? text.size() - back : text.size();
  }
  return text.size();
}

// Decodes what is new since the last call, up to the last whole character.
class TextStream {
 public:
  TextStream(const workloads::Tokenizer& tokenizer, const std::vector<TokenId>& prompt) : tokenizer_(tokenizer) {
    ids_.assign(prompt.begin() + 1, prompt.end());
    shown_ = tokenizer_.decode(ids_).size();
  }
  [[nodiscard]] std::string prompt() const { return tokenizer_.decode(ids_).substr(0, shown_); }
  std::string next(TokenId id) {
    ids_.push_back(id);
    const std::string all = tokenizer_.decode(ids_);
    return piece_up_to(all, whole_characters(all));
  }
  /// What is left when no more ids come.
  std::string rest() {
    const std::string all = tokenizer_.decode(ids_);
    return piece_up_to(all, all.size());
  }

 private:
  std::string piece_up_to(const std::string& all, std::size_t end) {
    if (end <= shown_) return {};
    std::string piece = all.substr(shown_, end - shown_);
    shown_ = end;
    return piece;
  }

  const workloads::Tokenizer& tokenizer_;
  std::vector<TokenId> ids_;
  std::size_t shown_ = 0;
};

}  // namespace

GenerationResult generate_text(const ExperimentSpec& experiment, const GenerationRequest& request,
                               const std::function<void(const std::string&)>& piece) {
  ExperimentSpec spec = experiment;
  spec.workload.new_tokens = request.new_tokens;
  GenerationResult result;
  RunResult& run = result.run;
  const LoadedModel own = load_model(spec.model);
  if (!own.has_weights())
    throw ConfigError(
        fmt::format("model.path: {} has no weights, so there is nothing to generate with", spec.model.path.string()));
  const DeploymentSpec* deployment = timed_deployment(spec, own.model.graph);
  if (deployment == nullptr)
    throw ConfigError("no deployment of the experiment runs on hardware; add one, for example {linears: analog}");
  const LoadedModel loaded = load_checkpoint(spec.model, own, *deployment);
  describe_model(loaded, run);
  run.program = map_deployment(loaded.model.graph, spec, *deployment);
  if (!run.program.physical())
    throw ConfigError(
        fmt::format("'{}' computes in floating point, which no hardware here does; name a deployment with "
                    "analog or digital linears in workload.deployment",
                    deployment_name(*deployment, spec.hardware)));
  run.threads = thread_count();
  run.accuracy.not_measured = "text was generated";
  const std::vector<TokenId> prompt = sequence_of(*loaded.tokenizer, request.prompt);
  check_workload(InferenceWorkload::single(std::ssize(prompt), request.new_tokens), loaded.model.config.context);

  const LinearSet linears = build_linears(run.program, *loaded.model.weights, deployment_numerics(*deployment),
                                          deployment_ranges(spec, loaded, *deployment, run.program), spec.seed);
  const FunctionalExecutor executor(run.program, loaded.shared, linears, kv_bits_of(run.program));
  TextStream stream(*loaded.tokenizer, prompt);
  const std::string prompt_text = stream.prompt();
  piece(prompt_text);
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
  const std::string rest = stream.rest();
  result.text += rest;
  piece(rest);
  // The text may have ended early: what is timed is what was generated.
  const auto workload = InferenceWorkload::single(std::ssize(prompt), std::ssize(generation.ids));
  run.generated = {prompt_text, result.text};
  TimingOptions options = timing_options(spec.workload);
  options.repeats = MvmRepeats(generation.counts);
  run.cost = simulate_cost(spec, *deployment, run.program, workload, options);
  run.counts = compare_executors(run.program, generation.counts, run.cost.timing.counts);
  add_repeated(spec, run.program, run.counts.repeated, run.cost);
  run.spec = std::move(spec);
  return result;
}

}  // namespace aimc::sim
