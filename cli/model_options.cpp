#include "cli/model_options.h"

#include <charconv>

#include "base/check/error.h"

namespace aimc::cli {

sim::ModelReference model_reference(const std::string& path, const boost::program_options::variables_map& values) {
  const auto& format = values["format"].as<std::string>();
  if (format != "hugging_face" && format != "llama2c")
    throw ConfigError(fmt::format("--format: '{}' is none of: hugging_face, llama2c", format));
  return {.path = path,
          .format = format == "llama2c" ? workloads::ModelFormat::llama2c : workloads::ModelFormat::hugging_face,
          .tokenizer = values["tokenizer"].as<std::string>()};
}

std::uint64_t seed_option(const boost::program_options::variables_map& values) {
  const auto& text = values["seed"].as<std::string>();
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc() || end != text.data() + text.size())
    throw ConfigError(fmt::format("--seed: '{}' is no whole number from 0 to 2^64 - 1", text));
  return seed;
}

}  // namespace aimc::cli
