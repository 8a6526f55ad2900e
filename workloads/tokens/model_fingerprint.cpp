#include "workloads/tokens/model_fingerprint.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/random/stream.h"
#include "workloads/tokens/token_layout.h"

namespace aimc::workloads {
namespace {

namespace fs = std::filesystem;

bool makes_the_model(const fs::path& file) {
  return file.extension() == ".safetensors" || file.extension() == ".bin" || file.filename() == "config.json";
}

}  // namespace

std::string model_fingerprint(const fs::path& model) {
  if (!fs::is_directory(model)) return file_fingerprint(model);
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(model))
    if (entry.is_regular_file() && makes_the_model(entry.path())) files.push_back(entry.path());
  std::ranges::sort(files);
  RandomKey key(0);
  for (const auto& file : files) key = key.child(file.filename().string()).child(file_fingerprint(file));
  return fmt::format("{:016x}", key.bits());
}

}  // namespace aimc::workloads
