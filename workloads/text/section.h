#pragma once
#include <cstdint>

namespace aimc::workloads {

/// Where a piece of text stands, which decides the leading spaces that tokenizers put before it.
enum class SectionStart : std::uint8_t {
  sequence,  ///< at the start of a sequence: every rule applies
  section,   ///< after a special token: the rules that apply "always" do
  inside     ///< the continuation of a text: no rule applies
};

}  // namespace aimc::workloads
