#include "sim/adapt/periodic_evaluation.h"

#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/check/error.h"
#include "base/json/json.h"

namespace aimc::adapt {
namespace {

namespace fs = std::filesystem;

std::string mean_and_deviation(const nlohmann::json& result, const char* key) {
  if (!result.contains(key)) return ",";
  const nlohmann::json& value = result.at(key);
  if (!value.at("mean").is_number() || !value.at("std").is_number()) return ",";  // of a loss that is not finite
  return fmt::format("{:.6f},{:.6f}", value.at("mean").get<double>(), value.at("std").get<double>());
}

/// "1.1085 ± 0.0021", the bits per character.
std::string in_words(const nlohmann::json& result) {
  if (!result.contains("bits_per_character")) return "no";
  const nlohmann::json& bits = result.at("bits_per_character");
  if (!bits.at("mean").is_number()) return "not finite";
  const double mean = bits.at("mean").get<double>();
  const double deviation = bits.at("std").is_number() ? bits.at("std").get<double>() : 0;
  return deviation > 0 ? fmt::format("{:.4f} ± {:.4f}", mean, deviation) : fmt::format("{:.4f}", mean);
}

}  // namespace

PeriodicEvaluation::PeriodicEvaluation(const PeriodicEvaluationSpec& spec, const fs::path& out, std::int64_t step)
    : spec_(spec),
      out_(out),
      table_(out / "evaluation.csv",
             "step,deployment,bits_per_character,bits_per_character_std,cloze_accuracy,cloze_accuracy_std", step) {}

void PeriodicEvaluation::run(const fs::path& model, std::int64_t step) {
  try {
    add_lines(step, evaluate(model, step));
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception& error) {
    fmt::print(stderr, "adapt: step {}: the evaluation failed: {}\n", step, error.what());
  }
}

void PeriodicEvaluation::check(const fs::path& model, bool learns_ranges) const {
  const std::vector<std::string> verb{"config", spec_.experiment.string()};
  const ChildResult child = play(verb, model);
  if (child.exit_code == 0) return;
  const std::vector<std::string> learned{"accuracy.calibration.method=checkpoint"};
  if (!learns_ranges || play(verb, model, learned).exit_code != 0)
    throw ConfigError(fmt::format("evaluation.experiment cannot be played:\n{}", child.error));
}

/// aimcsim on the experiment with the model in its place.
ChildResult PeriodicEvaluation::play(std::vector<std::string> verb, const fs::path& model,
                                     const std::vector<std::string>& more) const {
  ChildCommand command{own_program().parent_path() / "aimcsim", std::move(verb)};
  std::vector<std::string> assignments{"model.path=" + fs::absolute(model).string(), "model.format=hugging_face"};
  assignments.insert(assignments.end(), more.begin(), more.end());
  assignments.insert(assignments.end(), spec_.set.begin(), spec_.set.end());
  for (const std::string& assignment : assignments)
    command.arguments.insert(command.arguments.end(), {"--set", assignment});
  return run_children({command}).front();
}

/// summary.json of the run.
nlohmann::json PeriodicEvaluation::evaluate(const fs::path& model, std::int64_t step) {
  const fs::path results = out_ / "evaluation" / fmt::format("step-{}", step);
  std::error_code ignored;
  for (const fs::path& left : {results, fs::path(results.string() + ".partial")})
    fs::remove_all(left, ignored);  // by a run that was killed and resumed before it
  const ChildResult child = play({"run", spec_.experiment.string(), "--out", results.string()}, model);
  if (child.exit_code != 0) throw InputError(child.error);
  return read_json_file(results / "summary.json");
}

void PeriodicEvaluation::add_lines(std::int64_t step, const nlohmann::json& summary) {
  std::string lines;  // added together: a step has all of them or none
  for (const auto& [deployment, result] : summary.at("accuracy").items()) {
    lines +=
        fmt::format("{}{},{},{},{}", lines.empty() ? "" : "\n", step, deployment,
                    mean_and_deviation(result, "bits_per_character"), mean_and_deviation(result, "cloze_accuracy"));
    fmt::print(stderr, "adapt: step {}: {}: {} bits/character\n", step, deployment, in_words(result));
  }
  if (!lines.empty()) table_.add(lines);
}

}  // namespace aimc::adapt
