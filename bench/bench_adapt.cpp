// What the analog parts of a training step cost, and how near a step comes to the machine's products.
//   bench_adapt [MODEL_DIRECTORY] [STEPS] [THREADS]
// Steps of a plain training (language-model loss), a plain distillation, an analog distillation and one with mirrored
// noise (each token twice through the student) of the same model in turns; times are medians over the turns. The bound
// is libtorch's fastest large bf16 product on the same threads, in the same run.
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "base/parallel/parallel.h"
#include "sim/adapt/adapt_spec.h"
#include "sim/adapt/training_step.h"
#include "workloads/tokens/token_file.h"

namespace {

using namespace aimc;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t sequences = 8, warm_up_steps = 2, turns = 5;

/// A folder that goes with the program.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "bench_adapt.XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  Folder(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }
  [[nodiscard]] fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

/// Ids that do not matter to the time.
void write_tokens(const fs::path& file, const workloads::Model& model) {
  workloads::TokenSequences content{
      .vocabulary = model.config.vocabulary, .tokenizer = "", .origin = "{}", .sequences = {}};
  for (std::int64_t s = 0; s < 4 * sequences; ++s) {
    auto& ids = content.sequences.emplace_back();
    const auto length = std::min<std::int64_t>(model.config.context, 512);
    for (std::int64_t i = 0; i < length; ++i)
      ids.push_back(static_cast<std::uint32_t>((s * 7919 + i * i) % content.vocabulary));
  }
  workloads::write_token_file(file, content);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

/// One training, ready to take steps.
class Training {
 public:
  Training(std::string name, const fs::path& file, const std::vector<std::string>& settings)
      : name_(std::move(name)),
        spec_(adapt::load_adapt(file, settings)),
        workers_(adapt::join_workers(at::kCPU)),
        tokens_(spec_.data.tokens),
        model_(workloads::open_model(spec_.model.path, spec_.model.format)),
        student_(model_.graph, adapt::Parameters::of_model(model_, at::kCPU),
                 adapt::plan_linears(model_.graph, spec_, at::kCPU), spec_.ranges),
        teacher_(model_.graph, adapt::Parameters::of_model(model_, at::kCPU),
                 adapt::plain_linears(model_.graph, spec_.precision)),
        batches_(tokens_, spec_.data, model_.config.context, spec_.seed) {
    student_.parameters().require_gradients();
    for (adapt::RangeGroup& group : student_.plan().groups) group.range.requires_grad_(true);
    optimiser_ = std::make_unique<adapt::Optimiser>(student_, spec_.optimiser, spec_.ranges);
    step_ = std::make_unique<adapt::TrainingStep>(spec_, student_, distils() ? &teacher_ : nullptr, *optimiser_,
                                                  *workers_, at::kCPU);
  }

  void take(std::int64_t steps) {
    const auto start = Clock::now();
    for (std::int64_t s = 0; s < steps; ++s, ++done_) {
      const adapt::Batch batch = batches_.of_step(done_);
      step_->run(batch, done_);
      tokens_a_step_ = static_cast<double>(batch.ids.numel());
    }
    seconds_.push_back(std::chrono::duration<double>(Clock::now() - start).count() / static_cast<double>(steps));
  }
  void forget_times() { seconds_.clear(); }

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] bool distils() const { return spec_.loss.distillation > 0; }
  [[nodiscard]] double tokens_per_second() const { return tokens_a_step_ / median(seconds_); }
  [[nodiscard]] const std::vector<double>& seconds() const { return seconds_; }
  /// Products of a token with weights: forwards, twice as many backwards, and the teacher's.
  [[nodiscard]] double operations_per_token() const {
    const int passes = 3 * (spec_.analog.antithetic ? 2 : 1) + (distils() ? 1 : 0);
    return 2.0 * passes * static_cast<double>(workloads::static_macs(model_.graph));
  }

 private:
  std::string name_;
  adapt::AdaptSpec spec_;
  std::unique_ptr<adapt::Workers> workers_;
  workloads::TokenFile tokens_;
  workloads::Model model_;
  adapt::Network student_, teacher_;
  adapt::Batches batches_;
  std::unique_ptr<adapt::Optimiser> optimiser_;
  std::unique_ptr<adapt::TrainingStep> step_;
  std::int64_t done_ = 0;
  double tokens_a_step_ = 0;
  std::vector<double> seconds_;
};

/// Operations a second of a large product.
double product_bound(at::ScalarType type) {
  const at::NoGradGuard no_gradients;
  constexpr std::int64_t size = 2048;
  const at::Tensor a = at::randn({size, size}).to(type), b = at::randn({size, size}).to(type);
  double best = 0;
  for (int i = 0; i < 8; ++i) {
    const auto start = Clock::now();
    at::mm(a, b);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    best = std::max(best, 2.0 * size * size * size / seconds);
  }
  return best;
}

/// Median over the turns of one's time over the other's.
double ratio(const Training& of, const Training& to) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < of.seconds().size(); ++i) ratios.push_back(of.seconds()[i] / to.seconds()[i]);
  return median(ratios);
}

}  // namespace

int main(int argc, char** argv) {
  const fs::path place = argc > 1 ? argv[1] : AIMC_SOURCE_DIR "/models/storyteller";
  const std::int64_t steps = argc > 2 ? std::atoll(argv[2]) : 4;
  set_thread_count(argc > 3 ? std::atoi(argv[3]) : 0);
  at::set_num_threads(thread_count());

  const Folder folder;
  write_tokens(folder / "bench.tokens", workloads::open_model(place, workloads::ModelFormat::hugging_face));
  std::ofstream(folder / "adapt.yaml") << "name: bench\nmodel: {path: " << fs::absolute(place).string()
                                       << "}\ndata: {tokens: bench.tokens, held_out: 0, sequences: " << sequences
                                       << "}\nhardware: hermes-64\nranges: {initial_forwards: 1}\nsteps: 100000\n";
  const std::vector<std::string> plain{"analog.inputs=false", "analog.outputs=false", "analog.weight_noise=0",
                                       "analog.clip=0"};
  std::vector<std::string> language = plain;
  language.emplace_back("loss.distillation=0");
  Training lm("plain, language-model loss", folder / "adapt.yaml", language);
  Training distilled("plain, distillation", folder / "adapt.yaml", plain);
  Training analog("analog, distillation", folder / "adapt.yaml", {});
  Training mirrored("analog, mirrored noise", folder / "adapt.yaml", {"analog.antithetic=true"});

  const std::vector<Training*> all{&lm, &distilled, &analog, &mirrored};
  for (Training* training : all) {
    training->take(warm_up_steps);
    training->forget_times();
  }
  for (std::int64_t turn = 0; turn < turns; ++turn)
    for (Training* training : all) training->take(steps);

  const double bound = product_bound(at::kBFloat16), bound32 = product_bound(at::kFloat);
  fmt::print("{} threads; largest product: bf16 {:.0f} GFLOP/s, fp32 {:.0f} GFLOP/s\n\n", thread_count(), bound / 1e9,
             bound32 / 1e9);
  fmt::print("{:<28}{:>10}{:>10}{:>16}\n", "step", "tokens/s", "GFLOP/s", "share of bound");
  for (const Training* training : all) {
    const double rate = training->tokens_per_second() * training->operations_per_token();
    fmt::print("{:<28}{:>10.0f}{:>10.0f}{:>14.0f} %\n", training->name(), training->tokens_per_second(), rate / 1e9,
               100 * rate / bound);
  }
  fmt::print(
      "\nanalog over plain distillation {:.2f}, over plain language-model training {:.2f} (wanted: 2 at most);\n"
      "mirrored, two passes of each token: {:.2f} and {:.2f}\n",
      ratio(analog, distilled), ratio(analog, lm), ratio(mirrored, distilled), ratio(mirrored, lm));
}
