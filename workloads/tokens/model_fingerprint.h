#pragma once
#include <filesystem>
#include <string>

namespace aimc::workloads {

/// A hash of the files that make a model, 16 hex digits: of a file itself, of a directory's config.json and weights.
/// Throws InputError.
[[nodiscard]] std::string model_fingerprint(const std::filesystem::path& model);

}  // namespace aimc::workloads
