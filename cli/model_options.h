#pragma once
#include <boost/program_options.hpp>
#include <cstdint>
#include <string>

#include "sim/experiment/experiment_spec.h"

namespace aimc::cli {

/// The model at `path` with the options --format and --tokenizer. Throws ConfigError for an unknown format.
[[nodiscard]] sim::ModelReference model_reference(const std::string& path,
                                                  const boost::program_options::variables_map& values);

/// The option --seed. Throws ConfigError when it is no whole number from 0 to 2^64 - 1.
[[nodiscard]] std::uint64_t seed_option(const boost::program_options::variables_map& values);

}  // namespace aimc::cli
