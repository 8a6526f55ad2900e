#include <fmt/format.h>

#include <iostream>

#include "base/check/error.h"
#include "base/units/parse.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/study_options.h"
#include "sim/experiment/lifetime.h"
#include "sim/report/lifetime_report.h"
#include "sim/report/run_files.h"

namespace aimc::cli {
namespace po = boost::program_options;

namespace {

// "1 h, 1 day": durations between commas.
std::vector<double> times_of(const std::string& text) {
  std::vector<double> seconds;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    std::string item = text.substr(begin, end - begin);
    item.erase(0, item.find_first_not_of(' '));
    item.erase(item.find_last_not_of(' ') + 1);
    begin = end + 1;
    try {
      seconds.push_back(parse_quantity<Duration>(item).si());
    } catch (const ConfigError& error) {
      throw ConfigError(fmt::format("--times: {}", error.what()));
    }
    if (seconds.back() < 0) throw ConfigError(fmt::format("--times: '{}' is before programming", item));
  }
  return seconds;
}

}  // namespace

int lifetime_command(const std::vector<std::string>& arguments) {
  po::options_description own = study_options();
  own.add_options()("device", po::value<std::string>()->default_value("", "the deployment's")->value_name("NAME"),
                    "device model that holds the weights, by name or file")  //
      ("times", po::value<std::string>()->default_value("", "1 s ... 1 year")->value_name("LIST"),
       "times after programming, e.g. \"1 h, 1 day, 30 days\"");
  const auto parsed =
      parse_experiment_arguments(arguments,
                                 {"aimcsim lifetime EXPERIMENT.yaml [options]",
                                  "Accuracy of one deployment over the time after programming, without and with drift\n"
                                  "compensation (one factor a tile, one a column), over the same noise seeds and so\n"
                                  "the same programmed cells. Three seeds (or the experiment's, if fewer) and all\n"
                                  "texts unless told otherwise. Writes lifetime.json and lifetime.csv.",
                                  "aimcsim lifetime configs/experiments/demo.yaml --device pcm_like", true, true},
                                 own);
  if (!parsed) return 0;
  sim::LifetimeOptions options{.study = study_options_of(parsed->values),
                               .seconds = times_of(parsed->values["times"].as<std::string>()),
                               .device = parsed->values["device"].as<std::string>()};
  const sim::ExperimentSpec spec = sim::load_experiment(parsed->file, parsed->assignments);
  RunDirectory directory = sim::open_run_directory(spec, parsed->out);
  ProgressLine progress;
  const sim::LifetimeResult result = sim::live(
      spec, options,
      [&](const std::string& stage, std::int64_t done, std::int64_t total) { progress.update(stage, done, total); });
  progress.clear();
  const std::string table = sim::lifetime_table(spec, result), json = sim::lifetime_json(spec, result);
  directory.write("experiment.yaml", result.resolved_yaml);
  directory.write("lifetime.json", json);
  directory.write("lifetime.csv", sim::lifetime_csv(result));
  directory.write("report.txt", table);
  directory.complete();
  std::cout << (parsed->json ? json : table + fmt::format("\nwritten to {}\n", directory.path().string()));
  return 0;
}

}  // namespace aimc::cli
