#include <fmt/format.h>

#include <iostream>

#include "base/check/error.h"
#include "cli/command.h"
#include "cli/options.h"
#include "sim/experiment/cost.h"
#include "sim/experiment/deployment_name.h"
#include "sim/experiment/loaded_model.h"
#include "sim/report/csv.h"
#include "sim/report/placement_table.h"

namespace aimc::cli {

int map_command(const std::vector<std::string>& arguments) {
  boost::program_options::options_description own;
  own.add_options()("shards", boost::program_options::bool_switch(), "print one CSV row per shard instead");
  const auto parsed =
      parse_experiment_arguments(arguments,
                                 {"aimcsim map EXPERIMENT.yaml [options]",
                                  "Shows where the model's weights lie: per linear its row and column tiles, arrays,\n"
                                  "chips and how much of the cells they fill.",
                                  "aimcsim map configs/experiments/llama-3.2-1b.yaml", false, true},
                                 own);
  if (!parsed) return 0;
  const sim::ExperimentSpec spec = sim::load_experiment(parsed->file, parsed->assignments);
  const auto model = workloads::open_model(spec.model.path, spec.model.format);
  const sim::DeploymentSpec* deployment = sim::timed_deployment(spec, model.graph);
  if (deployment == nullptr) throw ConfigError("no deployment of the experiment runs on hardware: nothing to map");
  const sim::Program program = sim::map_deployment(model.graph, spec, *deployment);
  if (parsed->values["shards"].as<bool>())
    std::cout << sim::placement_csv(program);
  else if (parsed->json)
    std::cout << sim::placement_json(program);
  else
    std::cout << sim::placement_table(program, sim::deployment_name(*deployment, spec.hardware));
  return 0;
}

}  // namespace aimc::cli
