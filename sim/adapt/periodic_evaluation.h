#pragma once
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/process/run_children.h"
#include "sim/adapt/adapt_spec.h"
#include "sim/adapt/progress_files.h"

namespace aimc::adapt {

/// Plays an experiment with the model as it is (`aimcsim run`, a program of its own), and adds one line a deployment to
/// OUT/evaluation.csv; the experiment's own results stay in OUT/evaluation/step-<n>.
class PeriodicEvaluation {
 public:
  PeriodicEvaluation(const PeriodicEvaluationSpec& spec, const std::filesystem::path& out, std::int64_t step);
  /// Throws ConfigError with what `aimcsim config` says of an experiment that could not be played. `model` stands in
  /// for the one that is not there yet, and that may have input ranges where this one has none.
  void check(const std::filesystem::path& model, bool learns_ranges) const;
  /// Whether the table has lines of this step.
  [[nodiscard]] bool has(std::int64_t step) const { return table_.last_step() == step; }
  /// An evaluation that fails is reported and does not stop the training. Throws Interrupted.
  void run(const std::filesystem::path& model, std::int64_t step);

 private:
  [[nodiscard]] ChildResult play(std::vector<std::string> verb, const std::filesystem::path& model,
                                 const std::vector<std::string>& more = {}) const;
  nlohmann::json evaluate(const std::filesystem::path& model, std::int64_t step);
  void add_lines(std::int64_t step, const nlohmann::json& summary);

  PeriodicEvaluationSpec spec_;
  std::filesystem::path out_;
  StepTable table_;
};

}  // namespace aimc::adapt
