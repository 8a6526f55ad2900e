#include <fmt/format.h>

#include <iostream>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "sim/experiment/run_experiment.h"
#include "sim/report/run_files.h"
#include "sim/report/summary_json.h"
#include "sim/report/terminal_table.h"

namespace aimc::cli {

int run_command(const std::vector<std::string>& arguments) {
  boost::program_options::options_description own;
  own.add_options()("exact", boost::program_options::bool_switch(), "simulate every decoded token, sample none");
  const auto parsed = parse_experiment_arguments(
      arguments,
      {"aimcsim run EXPERIMENT.yaml [options]",
       "Simulates the experiment, prints one table and writes a run directory with the\n"
       "resolved configuration, summary.json, CSV tables and a log.",
       "aimcsim run configs/experiments/demo.yaml --set hardware.tile.input.bits=6", true, true},
      own);
  if (!parsed) return 0;
  std::vector<std::string> assignments = parsed->assignments;
  if (parsed->values["exact"].as<bool>()) assignments.emplace_back("workload.exact=true");
  const sim::ExperimentSpec spec = sim::load_experiment(parsed->file, assignments);
  sim::RunFiles files(spec, parsed->out);
  ProgressLine progress;
  const sim::RunResult result =
      sim::run_experiment(spec, [&](const std::string& stage, std::int64_t done, std::int64_t total) {
        progress.update(stage, done, total);
        files.log(stage, done, total);
      });
  progress.clear();
  const std::string directory = files.finish(result);
  std::cout << (parsed->json ? sim::summary_json(result) : sim::terminal_report(result));
  if (!parsed->json) std::cout << fmt::format("\nwritten to {}\n", directory);
  return 0;
}

}  // namespace aimc::cli
