#include "base/files/run_directory.h"

#include <fmt/chrono.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <system_error>

#include "base/check/check.h"
#include "base/files/descriptor.h"
#include "base/files/make_folder.h"
#include "base/files/text_file.h"

namespace aimc {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::string& reason) {
  throw OutputError(fmt::format("{}: cannot be made: {}", path.string(), reason));
}

fs::path partial_name(const fs::path& directory) { return directory.string() + ".partial"; }

fs::path without_trailing_slash(const fs::path& directory) {
  const fs::path absolute = fs::absolute(directory).lexically_normal();
  return absolute.has_filename() ? absolute : absolute.parent_path();
}

/// Makes the partial directory; false when it exists. mkdir is atomic: two processes never get the same one.
bool claim(const fs::path& partial) {
  std::error_code error;
  const bool made = fs::create_directory(partial, error);
  if (error) fail(partial, error.message());
  return made;
}

}  // namespace

RunDirectory RunDirectory::fresh(const fs::path& runs_root, const std::string& name) {
  make_folder(runs_root);
  const std::string stem = fmt::format("{}-{:%Y%m%dT%H%M%SZ}", name, fmt::gmtime(std::time(nullptr)));
  for (int n = 1; n < 100'000; ++n) {
    const fs::path directory = fs::absolute(runs_root) / fmt::format("{}-{}", stem, n);
    std::error_code ignored;
    if (fs::exists(directory, ignored) || !claim(partial_name(directory))) continue;
    // A run that completed between the two looks has taken the name.
    if (fs::exists(directory, ignored)) {
      fs::remove(partial_name(directory), ignored);
      continue;
    }
    return {directory, partial_name(directory)};
  }
  fail(runs_root / stem, "too many runs of that name");
}

RunDirectory RunDirectory::at(const fs::path& chosen) {
  const fs::path directory = without_trailing_slash(chosen);
  std::error_code error;
  if (fs::exists(directory, error) && !(fs::is_directory(directory, error) && fs::is_empty(directory, error))) {
    throw ConfigError(fmt::format("{}: exists already; choose a new directory for the results", chosen.string()));
  }
  make_folder(directory.parent_path());
  const fs::path partial = partial_name(directory);
  if (!claim(partial)) {
    throw ConfigError(fmt::format("{}: exists: another run is writing there, or one was killed; remove it if none is",
                                  partial.string()));
  }
  return {directory, partial};
}

RunDirectory::RunDirectory(RunDirectory&& other) noexcept
    : directory_(std::move(other.directory_)),
      partial_(std::move(other.partial_)),
      owns_partial_(std::exchange(other.owns_partial_, false)) {}

RunDirectory::~RunDirectory() {
  std::error_code ignored;
  if (owns_partial_) fs::remove_all(partial_, ignored);
}

void RunDirectory::write(const fs::path& name, std::string_view content) const {
  AIMC_CHECK(owns_partial_ && name.is_relative(), "{}", name.string());
  if (name.has_parent_path()) make_folder(partial_ / name.parent_path());
  write_file_atomically(partial_ / name, content);
}

void RunDirectory::complete() {
  AIMC_CHECK(owns_partial_, "completed twice");
  // rename replaces an empty directory and refuses any other.
  if (::rename(partial_.c_str(), directory_.c_str()) != 0) fail(directory_, files::reason(errno));
  owns_partial_ = false;
}

}  // namespace aimc
