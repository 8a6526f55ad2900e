// Memory and speed of a whole model on crossbars with programming noise, beside plain bf16 products of its weights.
//   bench_whole_model MODEL_DIRECTORY [PROMPT_TOKENS] [NEW_TOKENS]
// Wants the weights alone (scripts/make_random_checkpoint.py): no tokenizer, every static input range is 4.
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "base/parallel/parallel.h"
#include "sim/functional/executor.h"
#include "sim/functional/linear_store.h"
#include "sim/functional/source_rows.h"
#include "tiles/linear/packed_product.h"
#include "workloads/model/model.h"

namespace {

using namespace aimc;
using Clock = std::chrono::steady_clock;

constexpr Index tile_rows = 512;
constexpr float input_range = 4;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// A field of /proc/self/status in bytes.
std::int64_t status_bytes(const std::string& field) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(field + ":")) return std::atoll(line.c_str() + field.size() + 1) * 1024;
  return 0;
}

/// Watches the anonymous memory of the process: what is neither the mapped checkpoint nor the program.
class PeakMemory {
 public:
  PeakMemory() : watcher_([this] { watch(); }) {}
  PeakMemory(const PeakMemory&) = delete;
  ~PeakMemory() {
    stop_ = true;
    watcher_.join();
  }
  [[nodiscard]] std::int64_t bytes() const { return peak_; }

 private:
  void watch() {
    while (!stop_) {
      peak_ = std::max<std::int64_t>(peak_, status_bytes("RssAnon"));
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  std::atomic<bool> stop_ = false;
  std::atomic<std::int64_t> peak_ = 0;
  std::thread watcher_;
};

sim::Program make_program(const workloads::Graph& graph) {
  sim::Program program;
  program.graph = graph;
  program.hardware.tile.rows = program.hardware.tile.columns = tile_rows;
  for (const auto& node : graph.nodes) {
    const auto* op = std::get_if<workloads::LinearOp>(&node.op);
    if (op == nullptr) continue;
    sim::LinearPlacement placement;
    placement.linear = node.id;
    placement.unit = sim::LinearUnit::analog;
    placement.row_tiles = tiles::balanced_split(op->in_features, tile_rows);
    placement.column_tiles = tiles::balanced_split(op->out_features, tile_rows);
    program.linears.push_back(placement);
  }
  return program;
}

struct Speed {
  double prefill_s = 0, decode_s = 0;  ///< of all prompt tokens; of one new token
};

/// Plain bf16 products of all linears with packed weights, nothing else: the bound.
Speed plain_products(const workloads::Model& model, Index prompt) {
  std::vector<std::unique_ptr<tiles::PackedProduct>> products;
  for (const auto& node : model.graph.nodes)
    if (const auto* op = std::get_if<workloads::LinearOp>(&node.op)) {
      const sim::SourceRows rows(*model.weights, node.name + ".weight", {op->out_features, op->in_features});
      products.push_back(
          std::make_unique<tiles::PackedProduct>(rows, tiles::ProductType::bf16, tiles::ProductSums::rounded));
    }
  const auto pass = [&](Index tokens, bool head_for_one) {
    const auto start = Clock::now();
    for (std::size_t i = 0; i < products.size(); ++i) {
      const auto& product = *products[i];
      const Index rows = head_for_one && i + 1 == products.size() ? 1 : tokens;
      const std::vector<std::uint16_t> x(static_cast<std::size_t>(rows * product.in_features()), 0x3F80);
      parallel_for(product.blocks(), [&](std::int64_t block) {
        thread_local std::vector<float> y;
        y.resize(static_cast<std::size_t>(rows * product.block_columns(block)));
        product.multiply(x.data(), rows, block, y.data());
      });
    }
    return seconds_since(start);
  };
  pass(prompt, true);  // warm
  return {pass(prompt, true), std::min(pass(1, false), pass(1, false))};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print("bench_whole_model MODEL_DIRECTORY [PROMPT_TOKENS] [NEW_TOKENS]\n");
    return 2;
  }
  const Index prompt = argc > 2 ? std::atoll(argv[2]) : 128, new_tokens = argc > 3 ? std::atoll(argv[3]) : 16;
  const auto model = workloads::open_model(argv[1], workloads::ModelFormat::hugging_face);
  const sim::Program program = make_program(model.graph);
  const auto shared = sim::read_shared_tensors(model.graph, *model.weights);
  const std::int64_t weights = workloads::static_macs(model.graph);
  sim::InputRanges ranges;
  for (const auto& placement : program.linears)
    ranges[placement.linear].assign(placement.row_tiles.size(), input_range);
  fmt::print("{}: {:.2f} G weights in linears, {:.2f} GB in bf16; {} threads\n", model.graph.model_name,
             static_cast<double>(weights) / 1e9, static_cast<double>(2 * weights) / 1e9, thread_count());

  Speed analog;
  {
    const PeakMemory peak;
    auto start = Clock::now();
    sim::LinearStore store(*model.weights);
    const auto linears = store.build(program, {.device = {.model = "pcm"}}, ranges, 1);
    const double built = seconds_since(start);
    fmt::print("programmed with pcm noise in {:.1f} s, {:.0f} M weights/s; {}\n", built,
               static_cast<double>(weights) / built / 1e6, linears.begin()->second->kernel());
    const sim::FunctionalExecutor executor(program, shared, linears, 16);
    sim::Sequence sequence = executor.new_sequence(prompt + new_tokens);
    std::int64_t cache = 0;
    for (const auto& layer : sequence.layers) cache += 8 * layer.values().size();
    std::vector<workloads::TokenId> ids;
    for (Index i = 0; i < prompt; ++i)
      ids.push_back(static_cast<workloads::TokenId>(i * 7919 % model.graph.vocabulary));
    start = Clock::now();
    Matrix logits = executor.forward(ids, sequence, sim::LogitsFor::last_token);
    analog.prefill_s = seconds_since(start);
    start = Clock::now();
    for (Index i = 0; i < new_tokens; ++i) {
      Index best = 0;
      logits.row(0).maxCoeff(&best);
      const auto next = static_cast<workloads::TokenId>(best);
      logits = executor.forward({&next, 1}, sequence, sim::LogitsFor::last_token);
    }
    analog.decode_s = seconds_since(start) / static_cast<double>(new_tokens);
    constexpr double allowance = 300e6, factor = 1.15;
    fmt::print("peak anonymous memory {:.3f} GB; {} x bf16 weights + KV cache {:.0f} MB + 300 MB is {:.3f} GB\n",
               static_cast<double>(peak.bytes()) / 1e9, factor, static_cast<double>(cache) / 1e6,
               (factor * 2 * static_cast<double>(weights) + static_cast<double>(cache) + allowance) / 1e9);
  }
  const Speed plain = plain_products(model, prompt);
  const auto tokens = static_cast<double>(prompt);
  fmt::print("prefill {} tokens: {:.1f} tokens/s; plain bf16 products alone {:.1f}; share {:.2f}\n", prompt,
             tokens / analog.prefill_s, tokens / plain.prefill_s, plain.prefill_s / analog.prefill_s);
  fmt::print("decode {} tokens: {:.2f} tokens/s; plain bf16 products alone {:.2f}; share {:.2f}\n", new_tokens,
             1 / analog.decode_s, 1 / plain.decode_s, plain.decode_s / analog.decode_s);
}
