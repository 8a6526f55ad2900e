#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "base/check/error.h"
#include "base/files/text_file.h"
#include "cli/command.h"
#include "cli/options.h"
#include "sim/experiment/cost.h"
#include "sim/experiment/deployment_name.h"
#include "sim/experiment/loaded_model.h"
#include "sim/report/csv.h"
#include "sim/report/floor_plan_svg.h"
#include "sim/report/mapping_summary.h"
#include "sim/report/placement_table.h"

namespace aimc::cli {

int map_command(const std::vector<std::string>& arguments) {
  boost::program_options::options_description own;
  namespace po = boost::program_options;
  own.add_options()("shards", po::bool_switch(), "print one CSV row per shard instead")           //
      ("compare", po::bool_switch(), "print one row per mapping strategy instead")                //
      ("svg", po::value<std::string>()->value_name("FILE"), "write the floor plan as a picture")  //
      ("loads", po::bool_switch(), "colour the picture's links by the time a token takes of them");
  const auto parsed =
      parse_experiment_arguments(arguments,
                                 {"aimcsim map EXPERIMENT.yaml [options]",
                                  "Shows where the model lies: per linear its row and column tiles, arrays, chips\n"
                                  "and how much of the cells they fill; tiles, copies, hops and KV caches of the\n"
                                  "mapping (docs/mapping.md).",
                                  "aimcsim map configs/experiments/llama-3.2-1b.yaml", false, true},
                                 own);
  if (!parsed) return 0;
  const sim::ExperimentSpec spec = sim::load_experiment(parsed->file, parsed->assignments);
  const auto model = workloads::open_model(spec.model.path, spec.model.format);
  const sim::DeploymentSpec* deployment = sim::timed_deployment(spec, model.graph);
  if (deployment == nullptr) throw ConfigError("no deployment of the experiment runs on hardware: nothing to map");
  const sim::Program program = sim::map_deployment(model.graph, spec, *deployment);
  if (parsed->values["loads"].as<bool>() && parsed->values.count("svg") == 0)
    throw ConfigError("--loads colours the picture of --svg FILE: give that, too");
  const std::string name = sim::deployment_name(*deployment, spec.hardware);
  const sim::WorkloadSpec& work = spec.workload;
  const std::int64_t requests = work.requests.value_or(work.sequences.value_or(1));
  const sim::KvDemand demand{std::min(requests, work.max_in_flight.value_or(work.sequences.value_or(requests))),
                             work.context_tokens + work.prompt_tokens + work.new_tokens - 1};
  if (parsed->values["shards"].as<bool>())
    std::cout << sim::placement_csv(program);
  else if (parsed->values["compare"].as<bool>())
    std::cout << sim::strategy_table(spec.mapping, [&](const sim::MappingSpec& mapping) {
      sim::ExperimentSpec other = spec;
      other.mapping = mapping;
      return sim::map_deployment(model.graph, other, *deployment);
    });
  else if (parsed->json)
    std::cout << sim::placement_json(program);
  else
    std::cout << sim::placement_table(program, name) << "\n" << sim::mapping_summary(program, spec.mapping, demand);
  if (parsed->values.count("svg") > 0)
    write_file_atomically(
        parsed->values["svg"].as<std::string>(),
        sim::floor_plan_svg(program, {fmt::format("{}: {}, {}", spec.name, name, sim::name(spec.mapping.strategy)),
                                      parsed->values["loads"].as<bool>()}));
  return 0;
}

}  // namespace aimc::cli
