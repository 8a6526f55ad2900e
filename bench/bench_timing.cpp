// Speed of the timing executor: maps a model onto a hardware preset, times one inference, prints MVMs per second of
// wall time and what the simulated chip did. usage: bench_timing HARDWARE.yaml CONFIG.json [PROMPT_TOKENS NEW_TOKENS]
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "sim/mapping/mapper.h"
#include "sim/program/load_hardware.h"
#include "sim/timing/timing.h"
#include "workloads/model/model_config.h"

namespace {

using namespace aimc;

sim::HardwareSpec read_hardware(const std::filesystem::path& path) {
  config::Diagnostics diagnostics;
  config::Node root = config::read_yaml_file(path, diagnostics);
  diagnostics.throw_if_any();
  std::erase_if(root.entries, [](const auto& entry) { return entry.first == "energy"; });
  sim::HardwareSpec hardware;
  config::ProvenanceTable provenance;
  config::ParseContext context{diagnostics, provenance};
  sim::hardware_schema().parse(root, "hardware", hardware, context);
  diagnostics.throw_if_any();
  return hardware;
}

class Stopwatch {
 public:
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - begin_).count();
    begin_ = now;
    return seconds;
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

void print_stages(const char* what, const sim::StageTimes& stages, double divisor) {
  const auto us = [&](Time time) { return time.nanoseconds() / 1000 / divisor; };
  fmt::print("  {:<18} analog {:.2f}  digital {:.2f}  attention {:.2f}  kv {:.2f}  network {:.2f}  waiting {:.2f} us\n",
             what, us(stages.analog_mvm), us(stages.digital), us(stages.attention), us(stages.kv_memory),
             us(stages.network), us(stages.waiting));
}

void run(const char* hardware_file, const char* config_file, const sim::InferenceWorkload& workload) {
  const sim::HardwareSpec hardware = read_hardware(hardware_file);
  Stopwatch watch;
  const workloads::Graph graph = workloads::build_graph(workloads::read_model_config(config_file));
  const sim::Program program =
      sim::map_in_order(graph, hardware, [](const workloads::Node&) { return sim::LinearUnit::analog; });
  const double mapping = watch.lap();
  const sim::TimingResult result = simulate_timing(program, workload);
  const double timing = watch.lap();
  fmt::print("{} on {}: {} arrays, {} chips, {} steps, {} prompt and {} new tokens\n", graph.model_name, hardware.name,
             program.shards.size(), program.chips, program.steps.size(), workload.prompt_tokens(),
             workload.new_tokens());
  fmt::print("  wall: mapping {:.2f} s, timing {:.2f} s: {:.0f} k MVM/s, {:.0f} k packets/s\n", mapping, timing,
             static_cast<double>(result.mvms) / timing / 1e3, static_cast<double>(result.packets) / timing / 1e3);
  fmt::print("  {} MVMs, {} packets, {:.1f} MB sent, busiest link {:.0f} %\n", result.mvms, result.packets,
             static_cast<double>(result.bytes_sent) / 1e6, 100 * result.busiest_link);
  fmt::print("  time to first token {:.2f} us, time per output token {:.2f} us\n",
             result.time_to_first_token().nanoseconds() / 1000, result.time_per_output_token().nanoseconds() / 1000);
  print_stages("first token", result.first_token, 1);
  if (workload.new_tokens() > 1)
    print_stages("output token", result.decode, static_cast<double>(workload.new_tokens() - 1));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 5) {
    fmt::print(stderr, "usage: bench_timing HARDWARE.yaml CONFIG.json [PROMPT_TOKENS NEW_TOKENS]\n");
    return 2;
  }
  try {
    run(argv[1], argv[2],
        argc == 5 ? sim::InferenceWorkload::single(std::atoll(argv[3]), std::atoll(argv[4]))
                  : sim::InferenceWorkload::single(128, 32));
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_timing: {}\n", error.what());
    return 1;
  }
}
