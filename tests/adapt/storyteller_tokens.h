#pragma once
#include <filesystem>

#include "workloads/tokens/token_file.h"

namespace aimc::adapt::test {

/// Writes short sequences of ids of storyteller's vocabulary: text enough for a few steps of a run.
inline void write_storyteller_tokens(const std::filesystem::path& file, std::uint32_t sequences) {
  workloads::TokenSequences text{.vocabulary = 1024, .tokenizer = "", .origin = "{}", .sequences = {}};
  for (std::uint32_t s = 0; s < sequences; ++s)
    text.sequences.push_back({0, 40 + s, 300 + 2 * s, 7, 500 + 3 * s, 61, 900 - s, 1});
  workloads::write_token_file(file, text);
}

}  // namespace aimc::adapt::test
