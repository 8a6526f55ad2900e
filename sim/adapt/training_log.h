#pragma once
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "sim/adapt/checkpoint.h"
#include "sim/adapt/progress_files.h"
#include "sim/adapt/training_step.h"

namespace aimc::adapt {

/// What a run says of its course, on stderr and in OUT/progress.csv and OUT/held_out.csv. Of several processes the
/// first writes; the others only count.
class TrainingLog {
 public:
  /// spec must outlive it. writes: whether this is the process that says anything.
  TrainingLog(const AdaptSpec& spec, std::filesystem::path out, bool writes);

  /// One line on stderr.
  void say(const std::string& line) const;
  /// Begins the tables, or cuts those that are there back to this step; the time of the next step begins.
  void open(std::int64_t step);
  /// A step of so many tokens that moved the weights (or was left out: skipped) adds to the means and the speed.
  void count(const StepReport& report, std::int64_t tokens);
  /// A line of progress since the last one, after this step.
  void add_progress(const StepReport& report, const Progress& progress, double epochs);
  void add_held_out(const StepReport& report, std::int64_t step);
  /// What happens until `resume` is no part of the training's speed.
  void pause() { paused_ = Clock::now(); }
  void resume() { mark_ += Clock::now() - paused_; }

 private:
  using Clock = std::chrono::steady_clock;

  const AdaptSpec& spec_;
  std::filesystem::path out_;
  bool writes_;
  std::unique_ptr<StepTable> progress_, held_out_;
  double sum_ = 0;                                          ///< of the losses since the last line
  std::int64_t summed_ = 0, tokens_ = 0;                    ///< steps and tokens since then
  Clock::time_point mark_ = Clock::now(), paused_ = mark_;  ///< since when; when a pause began
};

}  // namespace aimc::adapt
