#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/experiment/synthesize/synthesize.h"

namespace aimc::sim {

/// What a token file says about where it comes from: one line of JSON with the model's name, a fingerprint of its files
/// and what the ids depend on. A file of one of several workers has "worker" and "workers" besides.
[[nodiscard]] std::string origin_of(const SynthesisRequest& request, std::int64_t bos);

/// The worker that wrote a file, and its origin without that.
struct WorkerOrigin {
  std::int64_t worker = 0, workers = 1;
  std::string origin;
};
/// Throws InputError that names `file` when the origin is none of aimcsim synthesize.
[[nodiscard]] WorkerOrigin read_origin(const std::string& origin, const std::string& file);

/// The model's name for people: its directory's, or its file's without the ending.
[[nodiscard]] std::string model_name(const std::filesystem::path& model);

}  // namespace aimc::sim
