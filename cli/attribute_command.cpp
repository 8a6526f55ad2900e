#include <fmt/format.h>

#include <iostream>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/study_options.h"
#include "sim/experiment/attribution.h"
#include "sim/report/attribution_report.h"
#include "sim/report/run_files.h"

namespace aimc::cli {

int attribute_command(const std::vector<std::string>& arguments) {
  const auto parsed =
      parse_experiment_arguments(arguments,
                                 {"aimcsim attribute EXPERIMENT.yaml [options]",
                                  "Runs one deployment with each of its non-idealities alone and with all but each,\n"
                                  "over the same noise seeds, and prints what each costs in accuracy: where should a\n"
                                  "designer spend? Five seeds (or the experiment's, if fewer) and all texts unless\n"
                                  "told otherwise. Writes attribution.json and attribution.csv.",
                                  "aimcsim attribute configs/experiments/demo.yaml --seeds 10", true, true},
                                 study_options());
  if (!parsed) return 0;
  const sim::StudyOptions options = study_options_of(parsed->values);
  const sim::ExperimentSpec spec = sim::load_experiment(parsed->file, parsed->assignments);
  RunDirectory directory = sim::open_run_directory(spec, parsed->out);
  ProgressLine progress;
  const sim::AttributionResult result = sim::attribute(
      spec, options,
      [&](const std::string& stage, std::int64_t done, std::int64_t total) { progress.update(stage, done, total); });
  progress.clear();
  const std::string table = sim::attribution_table(spec, result), json = sim::attribution_json(spec, result);
  directory.write("experiment.yaml", spec.resolved_yaml);
  directory.write("attribution.json", json);
  directory.write("attribution.csv", sim::attribution_csv(result));
  directory.write("report.txt", table);
  directory.complete();
  std::cout << (parsed->json ? json : table + fmt::format("\nwritten to {}\n", directory.path().string()));
  return 0;
}

}  // namespace aimc::cli
