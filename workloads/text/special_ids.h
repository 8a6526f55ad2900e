#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "workloads/text/tokenizer.h"

namespace aimc {
class JsonView;
}

namespace aimc::workloads {

/// The ids that start and end a sequence; -1 where nothing names one.
struct SpecialIds {
  TokenId bos = -1, eos = -1;
};

/// Looks for them, first found first taken: bos_token and eos_token of tokenizer_config.json beside the tokenizer, the
/// token that the post-processor puts before a text, bos_token_id and eos_token_id of config.json.
/// Throws InputError when a named token is not in the vocabulary.
SpecialIds find_special_ids(const JsonView& tokenizer, const std::filesystem::path& directory,
                            const std::function<std::optional<TokenId>(const std::string&)>& id_of);

}  // namespace aimc::workloads
