#include <fmt/format.h>

#include <iostream>

#include "base/check/error.h"
#include "cli/command.h"
#include "cli/options.h"
#include "sim/experiment/generate_text.h"
#include "sim/report/summary_json.h"
#include "sim/report/terminal_table.h"

namespace aimc::cli {
namespace po = boost::program_options;

namespace {

sim::GenerationRequest request_of(const po::variables_map& values) {
  sim::GenerationRequest request;
  request.prompt = values["prompt"].as<std::string>();
  request.new_tokens = values["tokens"].as<std::int64_t>();
  request.temperature = values["temperature"].as<double>();
  request.top_k = values["top-k"].as<std::int64_t>();
  if (request.new_tokens < 1) throw ConfigError("--tokens: give at least 1");
  if (!(request.temperature >= 0)) throw ConfigError("--temperature: give 0 (greedy) or more");
  if (request.top_k < 0) throw ConfigError("--top-k: give 0 (all) or more");
  return request;
}

po::options_description own_options() {
  po::options_description own;
  own.add_options()("prompt,p", po::value<std::string>()->default_value("Once upon a time")->value_name("TEXT"),
                    "text to continue")                                                                            //
      ("tokens,n", po::value<std::int64_t>()->default_value(64)->value_name("N"), "tokens to generate")            //
      ("temperature", po::value<double>()->default_value(0)->value_name("T"), "0: the likeliest token each time")  //
      ("top-k", po::value<std::int64_t>()->default_value(0)->value_name("K"), "sample among the K likeliest; 0: all");
  return own;
}

}  // namespace

int generate_command(const std::vector<std::string>& arguments) {
  const auto parsed = parse_experiment_arguments(
      arguments,
      {"aimcsim generate EXPERIMENT.yaml [options]",
       "Streams text through the experiment's timed deployment, token by token, then prints\n"
       "the simulated time and energy of exactly this prompt and these tokens.",
       "aimcsim generate configs/experiments/demo.yaml --prompt \"Tom had a kite\" -n 80", false, true},
      own_options());
  if (!parsed) return 0;
  const sim::ExperimentSpec spec = sim::load_experiment(parsed->file, parsed->assignments);
  const bool stream = !parsed->json;
  const sim::GenerationResult result =
      sim::generate_text(spec, request_of(parsed->values), [&](const std::string& piece) {
        if (stream) std::cout << piece << std::flush;
      });
  if (stream)
    std::cout << "\n" << sim::cost_report(result.run);
  else
    std::cout << sim::summary_json(result.run);
  return 0;
}

}  // namespace aimc::cli
