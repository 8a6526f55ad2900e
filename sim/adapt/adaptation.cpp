#include "sim/adapt/adaptation.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>
#include <regex>

#include "base/check/error.h"
#include "base/files/text_file.h"
#include "base/parallel/interrupt.h"
#include "sim/adapt/check_models.h"
#include "sim/adapt/checkpoint.h"
#include "sim/adapt/export_model.h"
#include "sim/adapt/periodic_evaluation.h"
#include "sim/adapt/process_place.h"
#include "sim/adapt/rotation/rotate_model.h"
#include "sim/adapt/run_folder.h"
#include "sim/adapt/run_identity.h"
#include "sim/adapt/soundness.h"
#include "sim/adapt/stored_ranges.h"
#include "sim/adapt/training_log.h"
#include "sim/adapt/training_step.h"
#include "sim/adapt/weight_sum.h"

namespace aimc::adapt {
namespace {

namespace fs = std::filesystem;

constexpr int most_skipped_in_a_row = 10;
constexpr std::int64_t held_out_batches = 8;

/// "cuda" is the GPU of this process's number on its machine.
at::Device device_of(const AdaptSpec& spec) {
  if (spec.device == "cpu") return at::kCPU;
  if (!std::regex_match(spec.device, std::regex("cuda(:[0-9]{1,2})?")))
    throw ConfigError(fmt::format("device: {} is none of cpu, cuda, cuda:N", spec.device));
  if (!at::hasCUDA())
    throw ConfigError("device: this libtorch has no CUDA; choose cpu, or build with another libtorch");
  if (spec.device == "cuda") return {at::kCUDA, static_cast<at::DeviceIndex>(process_place().local_rank)};
  return at::Device(spec.device);
}

workloads::Model open_teacher(const AdaptSpec& spec) {
  if (spec.teacher) return workloads::open_model(spec.teacher->path, spec.teacher->format);
  return workloads::open_model(spec.model.path, spec.model.format);
}

/// A run from its checkpoint, if any, to its last step.
class Adaptation {
 public:
  Adaptation(const AdaptSpec& spec, fs::path out)
      : spec_(spec),
        out_(std::move(out)),
        device_(device_of(spec)),
        workers_(join_workers(device_)),
        log_(spec, out_, workers_->rank() == 0),
        tokens_(spec.data.tokens),
        model_(workloads::open_model(spec.model.path, spec.model.format)),
        teacher_model_(open_teacher(spec)),
        student_(model_.graph, student_parameters(), student_linears(), spec.ranges),
        batches_((check_models(spec, model_, teacher_model_, tokens_), tokens_), spec.data, model_.config.context,
                 spec.seed),
        optimiser_(with_gradients(student_), spec.optimiser, spec.ranges),
        average_(student_, spec.optimiser.average),
        identity_(identity_of(spec, tokens_.info())) {
    check_processes(spec, workers_->size());
    if (spec.loss.distillation > 0)
      teacher_ = std::make_unique<Network>(teacher_model_.graph, Parameters::of_model(teacher_model_, device_),
                                           plain_linears(teacher_model_.graph, spec.precision));
  }

  void run() {
    prepare_folder();
    if (const auto saved = load_checkpoint(out_, state(), identity_)) {
      progress_ = *saved;
      soundness_.go_on();
      log_.say(fmt::format("going on after step {}", progress_.step));
    }
    all_begin_alike();  // and nobody writes before all have read
    if (writes()) write_file_atomically(out_ / "adapt.yaml", spec_.resolved_yaml);
    open_evaluation();
    TrainingStep step(spec_, student_, teacher_.get(), optimiser_, *workers_, device_);
    log_.open(progress_.step);
    if (spec_.steps == 0) settle_ranges(step);
    if (evaluates() && progress_.step < spec_.steps) evaluate();  // an interrupted one is made up for
    bool sound = true;
    while (progress_.step < spec_.steps) {
      const bool stop = take(step);
      const std::int64_t done = progress_.step;
      if (done == spec_.steps || stop || evaluates() || done % spec_.save.every == 0) sound = save(step);
      if (stop) {
        log_.say(sound ? fmt::format("step {} is saved: the same command goes on from there", done)
                       : fmt::format("the same command goes on from {}", soundness_.last_saved()));
        throw Interrupted();
      }
      if (evaluates() && sound && done < spec_.steps) evaluate();
    }
    if (!sound)
      throw InputError("the last steps broke the weights: no model is written of them. " + soundness_.way_out());
    if (writes()) write_model();
    if (spec_.evaluation) evaluate();
    workers_->meet();
  }

 private:
  Parameters student_parameters() {
    const bool drawn = !model_.weights;
    return drawn ? Parameters::drawn(model_, spec_.model.initial_deviation, RandomKey(spec_.seed).child("weights"),
                                     device_)
                 : Parameters::of_model(model_, device_);
  }
  LinearPlan student_linears() {
    LinearPlan plan = plan_linears(model_.graph, spec_, device_);
    if (spec_.ranges.initial != InitialRange::checkpoint) return plan;
    if (!model_.weights)
      throw ConfigError("ranges.initial: checkpoint needs a model with weights, and model.path has none");
    return with_stored_ranges(std::move(plan), *model_.weights);
  }
  static Network& with_gradients(Network& network) {
    network.parameters().require_gradients();
    for (RangeGroup& group : network.plan().groups) group.range.requires_grad_(true);
    return network;
  }
  TrainingState state() { return {student_, optimiser_, average_}; }
  [[nodiscard]] bool writes() const { return workers_->rank() == 0; }
  /// Whether an evaluation is due after the steps that are done.
  [[nodiscard]] bool evaluates() const {
    return spec_.evaluation && progress_.step > 0 && progress_.step % spec_.evaluation->every == 0;
  }

  void prepare_folder() {
    if (!writes()) return;
    lock_ = open_run_folder(out_, spec_.resolved_yaml);
    if (spec_.data.held_out > 0 && batches_.held_out(1).empty())
      log_.say("no held-out loss: data.held_out of the sequences is less than one");
    log_.say(fmt::format("{} parameters, {} training sequences, {} steps, {} process(es)",
                         student_.parameters().count(), batches_.training_sequences(), spec_.steps, workers_->size()));
  }

  /// All processes go on from the same step of the same run: with folders of their own they might not.
  void all_begin_alike() {
    const auto mark = static_cast<double>(RandomKey(0).child(identity_.purpose).bits() >> 32U);
    const at::Tensor mine = at::tensor({static_cast<double>(progress_.step), mark}, at::kDouble);
    at::Tensor sum = mine.clone();
    workers_->add_up(sum);
    if (!at::equal(sum, mine * workers_->size()))
      throw InputError(
          fmt::format("process {} of {} is at step {} of a run that not all are in: give all the same configuration, "
                      "tokens and --out, in a folder that all machines see",
                      workers_->rank(), workers_->size(), progress_.step));
  }

  void open_evaluation() {
    if (!writes() || !spec_.evaluation) return;
    evaluation_ = std::make_unique<PeriodicEvaluation>(*spec_.evaluation, out_, progress_.step);
    evaluation_->check(spec_.model.path, spec_.analog.inputs);
  }

  /// No training: the ranges alone, of as many forward passes as they take.
  void settle_ranges(TrainingStep& step) {
    for (std::int64_t i = 0; step.ranges_are_young(); ++i) {
      if (workers_->any(interrupt_requested())) throw Interrupted();
      step.settle_ranges(batches_.of_step(i));
    }
    average_.begin();
    log_.say(fmt::format("no steps: input ranges of {} forward passes, weights as they were",
                         spec_.ranges.initial_forwards));
  }

  /// One step; whether somebody asked to stop.
  bool take(TrainingStep& step) {
    const Batch batch = batches_.of_step(progress_.step);
    const StepReport report = step.run(batch, progress_.step);
    ++progress_.step;
    progress_.tokens += batch.ids.numel();
    log_.count(report, batch.ids.numel());
    if (report.skipped) {
      ++progress_.skipped_steps;
      log_.say(fmt::format("step {}: the loss or a gradient is not finite; the step is left out", progress_.step));
      if (++skipped_in_a_row_ == most_skipped_in_a_row)
        throw InputError(fmt::format("the loss diverges: {} steps in a row were not finite, the last is {}. {}",
                                     skipped_in_a_row_, progress_.step, soundness_.way_out()));
      return report.interrupted;
    }
    skipped_in_a_row_ = 0;
    soundness_.see_step(report.loss);
    average_.follow(progress_.step - 1);
    if (progress_.step % spec_.save.log_every == 0 || progress_.step == spec_.steps)
      log_.add_progress(report, progress_, batches_.epochs(progress_.step));
    return report.interrupted;
  }

  /// Writes a checkpoint, unless the weights are broken or about to be; whether it did. What it takes is no part of the
  /// training's speed. Throws InputError when a run has been broken for long.
  bool save(TrainingStep& step) {
    log_.pause();
    const bool about_to_break = skipped_in_a_row_ > 0;
    const std::string fault = about_to_break ? "the last step was left out" : try_to_save(step);
    if (!fault.empty()) {
      log_.say(fmt::format("step {}: {}; no checkpoint is written", progress_.step, fault));
      if (!about_to_break) soundness_.not_saved(fault);
    }
    log_.resume();
    return fault.empty();
  }

  /// Why nothing was saved, empty when something was. Both the weights as they are, which the run goes on from, and
  /// their average, which is written, must be sound.
  std::string try_to_save(TrainingStep& step) {
    const double weights = weight_sum(student_);
    if (workers_->any(!std::isfinite(weights))) return "a weight is not finite";
    std::vector<Batch> text = batches_.held_out(held_out_batches);
    const bool is_held_out = !text.empty();
    if (!is_held_out) text = {batches_.probe()};
    const StepReport last = step.evaluate(text);
    const StepReport report = average_.active() ? of_the_average(step, text) : last;
    if (std::string fault = soundness_.fault(last.loss, report.loss); !fault.empty()) return fault;
    soundness_.saved(report.loss);
    if (is_held_out) log_.add_held_out(report, progress_.step);
    if (workers_->size() > 1 && !is_the_same(*workers_, weights)) warn_of_other_weights();
    if (writes()) save_checkpoint(out_, progress_, state(), identity_, spec_.save.keep);
    workers_->meet();
    return {};
  }

  void warn_of_other_weights() const {
    log_.say(fmt::format(
        "step {}: the processes' weights differ in their last bits, and process 0's are saved; the same --threads and "
        "machines of one kind keep them alike",
        progress_.step));
  }

  StepReport of_the_average(TrainingStep& step, const std::vector<Batch>& batches) {
    const AveragedWeights averaged(average_);
    return step.evaluate(batches);
  }

  void write_model() {
    const AveragedWeights averaged(average_);
    const auto type = spec_.save.weights == Precision::bf16 ? workloads::StoredType::bf16 : workloads::StoredType::f32;
    export_model(out_ / "model", model_.config, spec_.model, student_, type);
  }

  /// By process 0, once a step; the others wait, for longer than any exchange of gradients takes.
  void evaluate() {
    if (writes() && !evaluation_->has(progress_.step)) {
      write_model();
      evaluation_->run(out_ / "model", progress_.step);
    }
    workers_->wait_for_first(fmt::format("evaluation {}", progress_.step));
  }

  const AdaptSpec& spec_;
  fs::path out_;
  at::Device device_;
  std::unique_ptr<Workers> workers_;
  TrainingLog log_;
  workloads::TokenFile tokens_;
  workloads::Model model_, teacher_model_;
  Network student_;
  Batches batches_;
  Optimiser optimiser_;
  WeightAverage average_;
  std::unique_ptr<Network> teacher_;
  RunIdentity identity_;
  std::unique_ptr<FolderLock> lock_;
  Progress progress_;
  Soundness soundness_{progress_, model_.config.vocabulary};
  std::unique_ptr<PeriodicEvaluation> evaluation_;
  int skipped_in_a_row_ = 0;
};

}  // namespace

void check_processes(const AdaptSpec& spec, int processes) {
  const std::int64_t shares = std::lcm(spec.data.accumulate, std::int64_t{processes});
  if (spec.data.batching != Batching::packed || spec.data.sequences % shares == 0) return;
  throw ConfigError(fmt::format(
      "data.sequences: {} cannot be shared out evenly by {} processes in {} part(s) (data.accumulate): give "
      "a multiple of {}, or other processes or parts (each part draws its own noise)",
      spec.data.sequences, processes, spec.data.accumulate, shares));
}

void adapt(const AdaptSpec& spec, const fs::path& out) {
  if (spec.rotation)
    rotate_model(spec, out);
  else
    Adaptation(spec, out).run();
}

}  // namespace aimc::adapt
