#include "base/files/make_folder.h"

#include "base/check/check.h"

namespace aimc {

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (error) throw OutputError(fmt::format("{}: cannot be made: {}", folder.string(), error.message()));
}

}  // namespace aimc
