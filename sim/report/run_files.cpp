#include "sim/report/run_files.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "sim/report/csv.h"
#include "sim/report/summary_json.h"
#include "sim/report/terminal_table.h"

namespace aimc::sim {
namespace {

std::string stamp() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

}  // namespace

RunDirectory open_run_directory(const ExperimentSpec& spec, const std::string& out) {
  return out.empty() ? RunDirectory::fresh("runs", spec.name) : RunDirectory::at(out);
}

RunFiles::RunFiles(const ExperimentSpec& spec, const std::string& out) : directory_(open_run_directory(spec, out)) {
  log_ = fmt::format("{} aimcsim {} runs {}\n", stamp(), AIMC_VERSION, spec.name);
}

void RunFiles::log(const std::string& stage, std::int64_t, std::int64_t total) {
  if (stage == stage_) return;
  stage_ = stage;
  log_ += fmt::format("{} {} begins ({} steps)\n", stamp(), stage, total);
}

std::string RunFiles::finish(const RunResult& result) {
  directory_.write("experiment.yaml", result.spec.resolved_yaml);
  directory_.write("summary.json", summary_json(result));
  for (const auto& [name, content] : csv_files(result)) directory_.write(name, content);
  directory_.write("report.txt", terminal_report(result));
  log_ += fmt::format("{} done in {:.2f} s\n", stamp(), result.wall.total_s);
  directory_.write("log.txt", log_);
  directory_.complete();
  return directory_.path().string();
}

}  // namespace aimc::sim
