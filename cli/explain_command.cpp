#include <fmt/format.h>

#include <iostream>

#include "base/check/error.h"
#include "cli/command.h"
#include "cli/options.h"
#include "sim/experiment/explain.h"
#include "sim/report/explain_page.h"

namespace aimc::cli {
namespace po = boost::program_options;

namespace {

po::options_description own_options() {
  po::options_description own;
  own.add_options()("layer", po::value<std::string>()->value_name("NAME"),
                    "linear, e.g. 3.q_proj for model.layers.3.self_attn.q_proj")  //
      ("token", po::value<std::int64_t>()->value_name("N"),
       "look at this token of the probe alone; 0 is the beginning of the sequence")  //
      ("tokens", po::value<std::int64_t>()->default_value(128)->value_name("N"),
       "tokens of the calibration text to look at")  //
      ("deployment", po::value<std::string>()->default_value("", "the timed one")->value_name("NAME"),
       "printed name of the deployment");
  return own;
}

sim::ExplainOptions options_of(const po::variables_map& values) {
  sim::ExplainOptions options;
  if (values.count("layer") == 0) throw ConfigError("--layer: name a linear, for example --layer 0.q_proj");
  options.layer = values["layer"].as<std::string>();
  options.deployment = values["deployment"].as<std::string>();
  options.tokens = values["tokens"].as<std::int64_t>();
  if (options.tokens < 1) throw ConfigError("--tokens: give at least 1");
  if (values.count("token") > 0) options.token = values["token"].as<std::int64_t>();
  if (options.token.value_or(0) < 0) throw ConfigError("--token: give 0 or more");
  return options;
}

}  // namespace

int explain_command(const std::vector<std::string>& arguments) {
  const auto parsed = parse_experiment_arguments(
      arguments,
      {"aimcsim explain EXPERIMENT.yaml --layer NAME [options]",
       "One page on one analog linear, fed with the floating-point network's own inputs:\n"
       "inputs against the DAC range and ADC codes per row tile, weights against the\n"
       "conductance window, the error of each non-ideality alone, its time and energy.\n"
       "Heights of the histograms are logarithmic.",
       "aimcsim explain configs/experiments/demo.yaml --layer 3.q_proj --token 17", false, true},
      own_options());
  if (!parsed) return 0;
  const sim::ExplainOptions options = options_of(parsed->values);
  const sim::ExperimentSpec spec = sim::load_experiment(parsed->file, parsed->assignments);
  const sim::Explanation explanation = sim::explain(spec, options);
  std::cout << (parsed->json ? sim::explain_json(spec, explanation) : sim::explain_page(spec, explanation));
  return 0;
}

}  // namespace aimc::cli
