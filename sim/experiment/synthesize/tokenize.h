#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/experiment/experiment_spec.h"
#include "sim/experiment/synthesize/synthesize.h"

namespace aimc::sim {

/// Texts to be turned into a token file for a model.
struct TokenizeRequest {
  ModelReference model;
  std::vector<std::filesystem::path> texts;
  std::string separator = "<|endoftext|>";  ///< between documents
  double held_out = 0;                      ///< percent: of each file, its last documents go to held_out_path(out)
  std::filesystem::path out;
  bool replace = false;  ///< existing files
};

struct TokenizeResult {
  std::int64_t sequences = 0, tokens = 0;                    ///< of out
  std::int64_t held_out_sequences = 0, held_out_tokens = 0;  ///< of held_out_path(out)
  std::int64_t cut_documents = 0, cut_tokens = 0;            ///< longer than the model's context, and what that lost
};

/// Where the documents go that are held out.
[[nodiscard]] std::filesystem::path held_out_path(const std::filesystem::path& out);

/// Writes each document, without the white space around it, as one sequence: BOS, its tokens, EOS, cut at the model's
/// context + 1 tokens (as many inputs and targets as the context has). Throws ConfigError for an impossible request or
/// an output that exists, InputError when the model's tokenizer or a text cannot be used, OutputError, Interrupted.
TokenizeResult tokenize(const TokenizeRequest& request, const SynthesisProgress& progress = {});

}  // namespace aimc::sim
