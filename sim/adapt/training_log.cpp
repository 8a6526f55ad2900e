#include "sim/adapt/training_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "sim/adapt/learning_rate.h"

namespace aimc::adapt {

TrainingLog::TrainingLog(const AdaptSpec& spec, std::filesystem::path out, bool writes)
    : spec_(spec), out_(std::move(out)), writes_(writes) {}

void TrainingLog::say(const std::string& line) const {
  if (writes_) fmt::print(stderr, "adapt: {}\n", line);
}

void TrainingLog::open(std::int64_t step) {
  mark_ = Clock::now();
  if (!writes_) return;
  progress_ = std::make_unique<StepTable>(
      out_ / "progress.csv",
      "step,epochs,tokens,rate,loss,distillation_loss,language_model_loss,gradient_norm,tokens_per_second", step);
  held_out_ =
      std::make_unique<StepTable>(out_ / "held_out.csv", "step,loss,distillation_loss,language_model_loss", step);
}

void TrainingLog::count(const StepReport& report, std::int64_t tokens) {
  tokens_ += tokens;
  if (report.skipped) return;
  sum_ += report.loss;
  ++summed_;
}

void TrainingLog::add_progress(const StepReport& report, const Progress& progress, double epochs) {
  const double seconds = std::chrono::duration<double>(Clock::now() - mark_).count();
  const double speed = static_cast<double>(tokens_) / seconds;
  const double rate = learning_rate(spec_.optimiser, spec_.steps, progress.step - 1);
  if (writes_)
    progress_->add(fmt::format("{},{:.4f},{},{:.6g},{:.6f},{:.6f},{:.6f},{:.4g},{:.0f}", progress.step, epochs,
                               progress.tokens, rate, report.loss, report.distillation, report.language_model,
                               report.gradient_norm, speed));
  say(fmt::format("step {} of {}: loss {:.4f} (mean of the last {}: {:.4f}), {:.0f} tokens/s", progress.step,
                  spec_.steps, report.loss, summed_, sum_ / static_cast<double>(std::max<std::int64_t>(1, summed_)),
                  speed));
  sum_ = 0;
  summed_ = tokens_ = 0;
  mark_ = Clock::now();
}

void TrainingLog::add_held_out(const StepReport& report, std::int64_t step) {
  if (writes_)
    held_out_->add(
        fmt::format("{},{:.6f},{:.6f},{:.6f}", step, report.loss, report.distillation, report.language_model));
  say(fmt::format("step {}: held-out loss {:.5f}", step, report.loss));
}

}  // namespace aimc::adapt
