#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>

#include "sim/experiment/experiment_spec.h"
#include "workloads/text/sampler.h"

namespace aimc::sim {

/// Training text to be sampled from a model.
struct SynthesisRequest {
  ModelReference model;
  std::filesystem::path out;
  std::int64_t tokens = 0;  ///< at least so many, in whole sequences
  std::int64_t length = 0;  ///< tokens of a sequence, BOS included; 0: the model's context
  workloads::SamplingSpec sampling{.temperature = 1};
  std::uint64_t seed = 1;
  std::int64_t worker = 0, workers = 1;  ///< takes the sequences worker, worker + workers, ...
  std::int64_t batch = 0;                ///< sequences that decode together; 0: as many as are fastest
  bool replace = false;                  ///< an existing file, or a part of another command
};

struct SynthesisResult {
  std::int64_t sequences = 0, length = 0;  ///< of the file
  std::int64_t resumed = 0;                ///< sequences that were there already
  bool has_tokenizer = false;              ///< else the file names none
};

/// Told now and then, from one thread at a time: tokens of the file that are there, and all of them.
using SynthesisProgress = std::function<void(std::int64_t done, std::int64_t total)>;

/// Samples sequences as numerics G (Buechel et al. 2025, curate_synthetic_dataset.py): each starts from BOS alone, EOS
/// is a token as any other, every one has exactly `length` tokens. The file is a function of the request without out,
/// batch and threads; files of several workers join to that of one (join.h). Sequences go to OUT.part as they are done;
/// the same request continues it. Throws ConfigError for an impossible request, an output that exists or a part of
/// another request; InputError for a model that cannot be used; OutputError; Interrupted.
SynthesisResult synthesize(const SynthesisRequest& request, const SynthesisProgress& progress = {});

}  // namespace aimc::sim
