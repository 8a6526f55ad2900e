// How fast the accuracy path scores models/storyteller: build time of the linears, tokens a second, bits per character.
//   bench_accuracy [SEEDS]
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <ctime>

#include "base/parallel/parallel.h"
#include "sim/evaluate/accuracy.h"
#include "workloads/model/model.h"
#include "workloads/tasks/task.h"

namespace {

using namespace aimc;

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Arrays of the published size with calibrated static ranges; timing values do not matter here.
sim::Program make_program(const workloads::Graph& graph, sim::LinearUnit unit) {
  sim::Program program;
  program.graph = graph;
  program.hardware.tile.rows = program.hardware.tile.columns = 256;
  for (const auto& node : graph.nodes) {
    const auto* op = std::get_if<workloads::LinearOp>(&node.op);
    if (op == nullptr) continue;
    const Index limit = unit == sim::LinearUnit::analog ? 256 : 0;
    sim::LinearPlacement placement;
    placement.linear = node.id;
    placement.unit = unit;
    placement.row_tiles = tiles::balanced_split(op->in_features, limit);
    placement.column_tiles = tiles::balanced_split(op->out_features, limit);
    program.linears.push_back(placement);
  }
  return program;
}

std::int64_t scored_tokens(const workloads::Task& task) {
  std::size_t tokens = 0;
  for (const auto& text : task.texts) tokens += text.ids.size() - 1;
  for (const auto& item : task.choices) {
    tokens += item.context.size();
    for (const auto& choice : item.choices) tokens += choice.size() - 1;
  }
  return static_cast<std::int64_t>(tokens);
}

void measure(const sim::DeploymentPlan& plan, const workloads::Model& model, const sim::SharedTensors& shared,
             const workloads::Task& task, std::int64_t seeds) {
  const auto start = std::chrono::steady_clock::now();
  const double processor_start = processor_seconds();
  const auto result = sim::evaluate({plan}, *model.weights, shared, task, {.count = seeds, .seed = 1}, {}).front();
  const double seconds = seconds_since(start);
  const double processor = processor_seconds() - processor_start;
  const auto build_start = std::chrono::steady_clock::now();
  const auto linears = sim::build_linears(*plan.program, *model.weights, plan.numerics, plan.ranges, 1);
  fmt::print(
      "{:<28} {:>3} seeds {:>7.2f} s {:>9.0f} tokens/s {:>9.0f} tokens a core second   build {:>6.3f} s   {:.4f} +- "
      "{:.4f} bits/character, "
      "choices {:.3f}   {}\n",
      plan.name, result.seeds, seconds, static_cast<double>(scored_tokens(task) * result.seeds) / seconds,
      static_cast<double>(scored_tokens(task) * result.seeds) / processor, seconds_since(build_start),
      result.bits_per_character.mean, result.bits_per_character.std, result.choice_accuracy.mean, result.kernel);
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t seeds = argc > 1 ? std::atoll(argv[1]) : 2;
  const std::filesystem::path directory = std::filesystem::path(AIMC_SOURCE_DIR) / "models/storyteller";
  const auto model = workloads::open_model(directory, workloads::ModelFormat::hugging_face);
  const auto tokenizer = workloads::open_hugging_face_tokenizer(directory / "tokenizer.json");
  const auto task =
      workloads::load_task({.name = "stories", .text = directory / "stories.txt", .choices = directory / "cloze.jsonl"},
                           *tokenizer, model.config.context);
  std::vector<std::vector<workloads::TokenId>> calibration;
  for (const auto& text : workloads::split_texts({.text = directory / "calibration.txt"}))
    calibration.push_back(workloads::scored_ids(*tokenizer, text, model.config.context));

  const auto floats = make_program(model.graph, sim::LinearUnit::floating_point);
  const auto analog = make_program(model.graph, sim::LinearUnit::analog);
  const auto digital = make_program(model.graph, sim::LinearUnit::digital);
  const auto shared = sim::read_shared_tensors(model.graph, *model.weights);
  const auto start = std::chrono::steady_clock::now();
  const auto float_linears = sim::build_float_linears(analog, *model.weights);
  const auto ranges = sim::calibrate(analog, shared, float_linears, calibration, {});
  const auto digital_ranges = sim::calibrate(digital, shared, float_linears, calibration, {});
  fmt::print("{} threads, {} tokens a seed; calibration twice: {:.2f} s\n", thread_count(), scored_tokens(task),
             seconds_since(start));

  measure({"w16", &floats, {}, {}, 32}, model, shared, task, seeds);
  measure({"w16-hwnoise", &floats, {.device = {.model = "pcm"}}, {}, 32}, model, shared, task, seeds);
  measure({"si8-w16-o8 without noise", &analog, {}, ranges, 16}, model, shared, task, seeds);
  measure({"si8-w16-hwnoise-o8", &analog, {.device = {.model = "pcm"}}, ranges, 16}, model, shared, task, seeds);
  measure({"si8-w4", &digital, {}, digital_ranges, 16}, model, shared, task, seeds);
}
