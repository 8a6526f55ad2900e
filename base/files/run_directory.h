#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace aimc {

/// The fresh directory of one run's results. Files are written into "<directory>.partial", which complete() renames; a
/// run that fails or is killed never leaves a directory that looks whole.
class RunDirectory {
 public:
  /// runs_root/<name>-<UTC timestamp>-<n>, where n counts from 1 to the first name not taken, also by runs under way.
  /// OutputError when it cannot be made.
  static RunDirectory fresh(const std::filesystem::path& runs_root, const std::string& name);
  /// The directory the user chose (--out). ConfigError when it exists already and is not empty.
  static RunDirectory at(const std::filesystem::path& directory);

  RunDirectory(RunDirectory&& other) noexcept;
  RunDirectory& operator=(RunDirectory&&) = delete;
  RunDirectory(const RunDirectory&) = delete;
  RunDirectory& operator=(const RunDirectory&) = delete;
  /// Removes what was written unless complete() was called.
  ~RunDirectory();

  /// Writes <directory>/<name>; the name may contain folders. OutputError when it cannot be written.
  void write(const std::filesystem::path& name, std::string_view content) const;
  /// Where files go until complete(): for writers that need a path.
  [[nodiscard]] const std::filesystem::path& working_path() const { return partial_; }
  /// Where the results will be.
  [[nodiscard]] const std::filesystem::path& path() const { return directory_; }
  /// Gives the directory its final name. OutputError when it cannot.
  void complete();

 private:
  RunDirectory(std::filesystem::path directory, std::filesystem::path partial)
      : directory_(std::move(directory)), partial_(std::move(partial)) {}

  std::filesystem::path directory_;
  std::filesystem::path partial_;
  bool owns_partial_ = true;
};

}  // namespace aimc
