#include "sim/adapt/periodic_evaluation.h"

#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/check/error.h"
#include "base/json/json.h"
#include "base/process/run_children.h"

namespace aimc::adapt {
namespace {

namespace fs = std::filesystem;

std::string mean_and_deviation(const nlohmann::json& result, const char* key) {
  if (!result.contains(key)) return ",";
  const nlohmann::json& value = result.at(key);
  if (!value.at("mean").is_number() || !value.at("std").is_number()) return ",";  // of a loss that is not finite
  return fmt::format("{:.6f},{:.6f}", value.at("mean").get<double>(), value.at("std").get<double>());
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

/// summary.json of the run.
nlohmann::json PeriodicEvaluation::evaluate(const fs::path& model, std::int64_t step) {
  const fs::path results = out_ / "evaluation" / fmt::format("step-{}", step);
  std::error_code ignored;
  for (const fs::path& left : {results, fs::path(results.string() + ".partial")})
    fs::remove_all(left, ignored);  // by a run that was killed and resumed before it
  ChildCommand command{own_program().parent_path() / "aimcsim",
                       {"run", spec_.experiment.string(), "--out", results.string(), "--set",
                        "model.path=" + fs::absolute(model).string(), "--set", "model.format=hugging_face"}};
  for (const std::string& assignment : spec_.set) {
    command.arguments.emplace_back("--set");
    command.arguments.push_back(assignment);
  }
  const ChildResult child = run_children({command}).front();
  if (child.exit_code != 0) throw InputError(child.error);
  return read_json_file(results / "summary.json");
}

void PeriodicEvaluation::add_lines(std::int64_t step, const nlohmann::json& summary) {
  std::string lines;  // added together: a step has all of them or none
  for (const auto& [deployment, result] : summary.at("accuracy").items()) {
    lines +=
        fmt::format("{}{},{},{},{}", lines.empty() ? "" : "\n", step, deployment,
                    mean_and_deviation(result, "bits_per_character"), mean_and_deviation(result, "cloze_accuracy"));
    fmt::print(stderr, "adapt: step {}: {}: {} bits/character\n", step, deployment,
               mean_and_deviation(result, "bits_per_character"));
  }
  if (!lines.empty()) table_.add(lines);
}

}  // namespace aimc::adapt
