#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace aimc::test {

/// What a finished run of the program left.
struct Finished {
  int exit_code = 0;  ///< 128 + signal when it was killed
  std::string out, error;
};

/// Runs aimcsim through the shell with these arguments (quoted as needed by the caller) in a scratch folder.
Finished run_aimcsim(const std::string& arguments, const std::string& shell_prefix = "");

/// A folder of this test alone, empty at first and removed with the object.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Writes a file into it and returns its path.
  std::filesystem::path write(const std::string& name, const std::string& content) const;

 private:
  std::filesystem::path path_;
};

/// A small experiment on storyteller, as YAML text with absolute paths: one noise seed, few texts, short workload.
std::string small_experiment(const std::string& more = "");

/// The names of what is in a folder, sorted.
std::vector<std::string> listing(const std::filesystem::path& folder);

}  // namespace aimc::test
