#include <iostream>

#include "base/check/error.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "sim/experiment/break_even.h"
#include "sim/report/break_even_report.h"

namespace aimc::cli {
namespace {

namespace po = boost::program_options;

po::options_description own_options() {
  po::options_description own;
  own.add_options()("csv", po::bool_switch(), "print CSV, one row a point, instead of the tables")  //
      ("system", po::value<std::string>()->value_name("NAME"),
       "one point alone: the hardware, with --batch and --context; prints one line of JSON")         //
      ("batch", po::value<std::int64_t>()->value_name("N"), "sequences of that point (default: 1)")  //
      ("context", po::value<std::int64_t>()->value_name("N"), "context of that point (default: the first)");
  return own;
}

int print_point(const sim::ExperimentSpec& spec, const po::variables_map& values) {
  const auto number = [&](const char* option, std::int64_t otherwise) {
    const std::int64_t value = values.count(option) > 0 ? values[option].as<std::int64_t>() : otherwise;
    if (value < 1) throw ConfigError(std::string("--") + option + ": give a number above zero");
    return value;
  };
  std::cout << sim::to_json(sim::measure_point(spec, values["system"].as<std::string>(), number("batch", 1),
                                               number("context", spec.break_even.context.front())));
  return 0;
}

}  // namespace

int break_even_command(const std::vector<std::string>& arguments) {
  const auto parsed = parse_experiment_arguments(
      arguments,
      {"aimcsim breakeven EXPERIMENT.yaml [options]",
       "Compares the experiment's hardware with others (breakeven.against) that run the same model with all linears "
       "digital: tokens per second, energy per token, tokens per second and mm2 of steady decode, over the number of "
       "sequences and the context length; and where one overtakes the other.",
       "aimcsim breakeven configs/experiments/breakeven-llama-3.2-1b.yaml", false, true},
      own_options());
  if (!parsed) return 0;
  const auto& values = parsed->values;
  const sim::ExperimentSpec spec = sim::load_experiment(parsed->file, parsed->assignments);
  if (values.count("system") > 0) return print_point(spec, values);
  for (const char* option : {"batch", "context"})
    if (values.count(option) > 0)
      throw ConfigError(std::string("--") + option + ": only with --system; the grid is set by breakeven." + option);
  ProgressLine progress;
  const sim::BreakEvenResult result = sim::break_even(
      spec, parsed->file, parsed->assignments,
      [&](const std::string& stage, std::int64_t done, std::int64_t total) { progress.update(stage, done, total); });
  progress.clear();
  std::cout << (parsed->json               ? sim::break_even_json(spec, result)
                : values["csv"].as<bool>() ? sim::break_even_csv(result)
                                           : sim::break_even_table(spec, result));
  return 0;
}

}  // namespace aimc::cli
