#pragma once
#include <cstdint>
#include <string>

#include "base/files/run_directory.h"
#include "sim/experiment/run_result.h"

namespace aimc::sim {

/// The directory for results that the user chose (--out); empty: runs/<experiment>-<time>. Throws OutputError,
/// ConfigError.
[[nodiscard]] RunDirectory open_run_directory(const ExperimentSpec& spec, const std::string& out);

/// The run directory of one run: resolved configuration, summary.json, CSV tables, report.txt and log. It appears under
/// its final name only when everything is in it.
class RunFiles {
 public:
  /// out: as of open_run_directory.
  RunFiles(const ExperimentSpec& spec, const std::string& out);
  /// One line of the log for each stage that begins.
  void log(const std::string& stage, std::int64_t done, std::int64_t total);
  /// Writes everything and returns the directory's path.
  std::string finish(const RunResult& result);

 private:
  RunDirectory directory_;
  std::string log_;
  std::string stage_;
};

}  // namespace aimc::sim
