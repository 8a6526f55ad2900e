#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aimc::workloads {

/// A regular expression over UTF-8 text with Unicode classes (PCRE2). Bytes that are not UTF-8 match nothing.
class Regex {
 public:
  /// Throws InputError "where: ..." when the pattern does not compile.
  Regex(std::string_view pattern, const std::string& where);
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;
  ~Regex();

  /// All matches that are not empty, from left to right, as [begin, end). Throws InputError when matching takes more
  /// steps than any sound tokenizer pattern needs.
  [[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> matches(std::string_view text) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace aimc::workloads
