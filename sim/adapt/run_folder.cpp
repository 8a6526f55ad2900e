#include "sim/adapt/run_folder.h"

#include <fmt/format.h>

#include "base/check/error.h"
#include "base/check/first_few.h"
#include "base/files/make_folder.h"
#include "sim/adapt/checkpoint.h"
#include "sim/adapt/run_identity.h"

namespace aimc::adapt {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_named = 4;

void refuse_what_is_not_of_this_run(const fs::path& folder, const std::string& configuration) {
  if (has_checkpoint(folder)) return;
  const fs::path file = folder / "adapt.yaml", model = folder / "model";
  if (!fs::exists(file)) {
    if (fs::exists(folder / "config.json"))
      throw InputError(fmt::format("{} is the folder of a model: give another --out", folder.string()));
    if (fs::exists(model))
      throw InputError(
          fmt::format("{} is there, but no run wrote it (no adapt.yaml): give another --out", model.string()));
    return;
  }
  const std::vector<std::string> differing = differing_keys(file, configuration, true);
  if (differing.empty()) return;
  throw InputError(
      fmt::format("{} holds a run with another configuration: give another --out, or remove the folder to begin anew. "
                  "What differs: {}",
                  folder.string(), first_few(differing, ", ", most_named)));
}

}  // namespace

std::unique_ptr<FolderLock> open_run_folder(const fs::path& folder, const std::string& configuration) {
  make_folder(folder);
  auto lock = std::make_unique<FolderLock>(folder);
  refuse_what_is_not_of_this_run(folder, configuration);
  return lock;
}

}  // namespace aimc::adapt
