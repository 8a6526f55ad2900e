// Speed of the timing executor: maps a model onto a hardware preset, times one inference, prints MVMs per second of
// processor time and what the simulated chip did; beside it an empty tile, whose MVM is two SystemC events and nothing
// else. usage: bench_timing HARDWARE.yaml CONFIG.json [PROMPT_TOKENS NEW_TOKENS]
#include <fmt/format.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <systemc>

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

/// Processor time, which other programs on the machine disturb less than wall time; the simulator has one thread.
class Stopwatch {
 public:
  double lap() {
    const std::clock_t now = std::clock();
    const double seconds = static_cast<double>(now - begin_) / CLOCKS_PER_SEC;
    begin_ = now;
    return seconds;
  }

 private:
  std::clock_t begin_ = std::clock();
};

/// A vector arrives, 100 ns later it is done, and the next one arrives.
class EmptyTile : public sc_core::sc_module {
 public:
  EmptyTile(const sc_core::sc_module_name& name, int mvms) : sc_module(name), mvms_(mvms) {
    SC_HAS_PROCESS(EmptyTile);
    SC_METHOD(arrive);
    sensitive << arrival_;
    SC_METHOD(finish);
    sensitive << done_;
    dont_initialize();
  }

 private:
  void arrive() { done_.notify(sc_core::sc_time(100, sc_core::SC_NS)); }
  void finish() {
    if (--mvms_ > 0) arrival_.notify(sc_core::sc_time(1, sc_core::SC_NS));
  }
  int mvms_;
  sc_core::sc_event arrival_, done_;
};

/// MVMs per second of the empty tile, in a child process: SystemC elaborates once a process.
double empty_tile_rate() {
  constexpr int mvms = 2000000;
  int ends[2];
  if (pipe(ends) != 0) return 0;
  const pid_t child = fork();
  if (child == 0) {
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    const EmptyTile tile("tile", mvms);
    Stopwatch watch;
    sc_core::sc_start();
    const double rate = mvms / watch.lap();
    _exit(write(ends[1], &rate, sizeof rate) == sizeof rate ? 0 : 1);
  }
  close(ends[1]);
  double rate = 0;
  if (read(ends[0], &rate, sizeof rate) != sizeof rate) rate = 0;
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return rate;
}

void print_stages(const char* what, const sim::StageTimes& stages, double divisor) {
  const auto us = [&](Time time) { return time.nanoseconds() / 1000 / divisor; };
  fmt::print("  {:<18} analog {:.2f}  digital {:.2f}  attention {:.2f}  kv {:.2f}  network {:.2f}  waiting {:.2f} us\n",
             what, us(stages.analog_mvm), us(stages.digital), us(stages.attention), us(stages.kv_memory),
             us(stages.network), us(stages.waiting));
}

void run(const char* hardware_file, const char* config_file, const sim::InferenceWorkload& workload) {
  const sim::HardwareSpec hardware = read_hardware(hardware_file);
  const double empty = empty_tile_rate();  // before this process elaborates
  Stopwatch watch;
  const workloads::Graph graph = workloads::build_graph(workloads::read_model_config(config_file));
  const sim::Program program =
      sim::map_in_order(graph, hardware, [](const workloads::Node&) { return sim::LinearUnit::analog; });
  const double mapping = watch.lap();
  const sim::TimingResult result = simulate_timing(program, workload);
  const double timing = watch.lap();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("{} on {}: {} arrays, {} chips, {} steps, {} prompt and {} new tokens\n", graph.model_name, hardware.name,
             program.shards.size(), program.chips, program.steps.size(), workload.prompt_tokens(),
             workload.new_tokens());
  const std::int64_t decoded = result.sampling.simulated + result.sampling.interpolated;
  const double share =  // of the decode tokens' MVMs, as good as equal for all
      decoded == 0 ? 0 : static_cast<double>(result.sampling.interpolated) / static_cast<double>(decoded);
  const double left_out = share * static_cast<double>(decoded) * static_cast<double>(program.shards.size());
  const double rate = (static_cast<double>(result.mvms) - left_out) / timing;
  fmt::print("  processor time: mapping {:.2f} s, timing {:.2f} s; {} MB\n", mapping, timing, usage.ru_maxrss / 1024);
  fmt::print("  {:.0f} k MVM/s simulated, {:.1f} times slower than an empty tile's {:.0f} k\n", rate / 1e3,
             empty / rate, empty / 1e3);
  fmt::print("  {} decode tokens simulated, {} interpolated, largest deviation {:.1e}\n", result.sampling.simulated,
             result.sampling.interpolated, result.sampling.largest_deviation);
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
