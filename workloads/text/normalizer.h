#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "workloads/text/section.h"

namespace aimc {
class JsonView;
}

namespace aimc::workloads {

/// The "normalizer" of a tokenizer.json: rewrites a text before it is cut. Supported: Sequence, Prepend, Replace
/// (String).
class Normalizer {
 public:
  /// No step at all.
  Normalizer() = default;
  /// Throws InputError for a step that is not supported.
  explicit Normalizer(const JsonView& json);

  /// Prepend steps act on every section of a text, but not on one that continues another.
  [[nodiscard]] std::string apply(std::string_view text, SectionStart start) const;
  [[nodiscard]] bool empty() const { return steps_.empty(); }

 private:
  struct Step {
    std::string from;  ///< empty: put `to` before the text
    std::string to;
  };
  void add(const JsonView& json);
  std::vector<Step> steps_;
};

/// Every `from` (not empty) in a text replaced by `to`.
[[nodiscard]] std::string replaced(std::string_view text, std::string_view from, std::string_view to);

}  // namespace aimc::workloads
