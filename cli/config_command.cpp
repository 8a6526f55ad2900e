#include <iostream>

#include "cli/command.h"
#include "cli/options.h"

namespace aimc::cli {

int config_command(const std::vector<std::string>& arguments) {
  const auto parsed = parse_experiment_arguments(
      arguments, {"aimcsim config EXPERIMENT.yaml [options]",
                  "Checks the experiment and prints it resolved: presets in place, overrides applied.\n"
                  "All errors come at once. The output is an experiment file itself.",
                  "aimcsim config configs/experiments/demo.yaml --set hardware=aimc-2d-mesh"});
  if (!parsed) return 0;
  std::cout << sim::load_experiment(parsed->file, parsed->assignments).resolved_yaml;
  return 0;
}

}  // namespace aimc::cli
