#pragma once
#include <string>
#include <vector>

namespace aimc::config {

/// The place a value was written: a file and line (from 1), or "--set" and 0.
struct Origin {
  std::string file;
  int line = 0;
  /// "file:line", or the file alone when there is no line.
  [[nodiscard]] std::string text() const;
};

/// Collects every configuration error, so that the user sees all of them at once.
class Diagnostics {
 public:
  void error(const Origin& origin, const std::string& key_path, const std::string& message);
  [[nodiscard]] bool ok() const { return messages_.empty(); }
  [[nodiscard]] const std::vector<std::string>& messages() const { return messages_; }
  /// Throws one ConfigError that lists all messages, one a line, if there is any.
  void throw_if_any() const;

 private:
  std::vector<std::string> messages_;
};

}  // namespace aimc::config
