#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "sim/adapt/adapt_spec.h"
#include "workloads/tokens/token_layout.h"

namespace aimc::adapt {

/// Which run a checkpoint belongs to.
struct RunIdentity {
  std::string purpose;        ///< one for all that must be the same for a checkpoint to be gone on with
  std::string configuration;  ///< the resolved adapt.yaml, to say what differs
};

/// Everything counts but when things are written: the configuration, the models' files and the tokens, wherever they
/// lie.
[[nodiscard]] RunIdentity identity_of(const AdaptSpec& spec, const workloads::TokenFileInfo& tokens);

/// The keys that differ between the adapt.yaml of a run and a configuration, "optimiser.rate (was 0.0015, now 0.001)"
/// each, but for when things are written and, unless `paths_count`, where files lie.
[[nodiscard]] std::vector<std::string> differing_keys(const std::filesystem::path& adapt_yaml,
                                                      const std::string& configuration, bool paths_count);

/// The first few of those keys that make a run another one; the model's files or the tokens where no key does.
[[nodiscard]] std::string difference(const std::filesystem::path& adapt_yaml, const std::string& configuration);

}  // namespace aimc::adapt
