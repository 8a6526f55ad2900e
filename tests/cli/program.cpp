#include "tests/cli/program.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <cstdlib>

#include <fstream>
#include <sstream>

namespace aimc::test {
namespace fs = std::filesystem;

namespace {

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

ScratchFolder::ScratchFolder() {
  std::string pattern = (fs::temp_directory_path() / "aimcsim-test-XXXXXX").string();
  path_ = mkdtemp(pattern.data());
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

fs::path ScratchFolder::write(const std::string& name, const std::string& content) const {
  fs::create_directories((path_ / name).parent_path());
  std::ofstream(path_ / name, std::ios::binary) << content;
  return path_ / name;
}

Finished run_aimcsim(const std::string& arguments, const std::string& shell_prefix) {
  const ScratchFolder output;
  const std::string out = (output.path() / "out").string(), error = (output.path() / "error").string();
  const std::string command = fmt::format("cd {} && {{ {} {} {}; }} >{} 2>{}", output.path().string(), shell_prefix,
                                          AIMCSIM_PROGRAM, arguments, out, error);
  const int status = std::system(command.c_str());
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, content_of(out), content_of(error)};
}

std::string small_experiment(const std::string& more) {
  const std::string root = AIMC_SOURCE_DIR;
  return fmt::format(
      "name: small\n"
      "model: {{path: {0}/models/storyteller}}\n"
      "hardware: hermes-64\n"
      "deployments:\n"
      "  - {{linears: float}}\n"
      "  - {{linears: analog, noise: pcm, label: chip}}\n"
      "accuracy:\n"
      "  task: {0}/configs/tasks/storyteller.yaml\n"
      "  text_limit: 4\n"
      "  choice_limit: 4\n"
      "  seeds: 2\n"
      "  layer_tokens: 8\n"
      "  calibration_text: {0}/models/storyteller/calibration.txt\n"
      "workload: {{prompt_tokens: 12, new_tokens: 4}}\n{1}",
      root, more);
}

std::vector<std::string> listing(const fs::path& folder) {
  std::vector<std::string> names;
  if (!fs::exists(folder)) return names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace aimc::test
