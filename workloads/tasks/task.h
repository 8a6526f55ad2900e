#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "workloads/tasks/task_spec.h"
#include "workloads/text/tokenizer.h"

namespace aimc::workloads {

/// One text scored token by token: bits per character and perplexity.
struct TextItem {
  std::string id;
  std::vector<TokenId> ids;     ///< BOS first, cut at the model's context
  std::int64_t characters = 0;  ///< of the decoded ids after BOS (code points)
};

/// One multiple-choice item: the choice with the highest log-likelihood per character wins.
struct ChoiceItem {
  std::string id;
  std::vector<TokenId> context;  ///< BOS first; its oldest text is cut where the longest choice would not fit
  std::vector<std::vector<TokenId>> choices;  ///< ids of each continuation
  std::vector<std::int64_t> characters;       ///< of each choice
  std::int64_t answer = 0;
};

/// The items of one task file (configs/tasks/*.yaml), tokenised for a model.
struct Task {
  std::string name;
  std::vector<TextItem> texts;
  std::vector<ChoiceItem> choices;
};

/// Reads the files of a task and tokenises them for a model with room for `context` tokens. Throws InputError that
/// names file and line.
Task load_task(const TaskSpec& spec, const Tokenizer& tokenizer, std::int64_t context);

/// Texts of a file as the task rules cut it (used for calibration too): split at the separator, white space stripped,
/// empty ones dropped. Throws InputError, also when no text is left.
std::vector<std::string> split_texts(const TaskSpec& spec);

/// The ids of a text as it is scored: BOS first, cut at `context` tokens. Throws InputError when the tokenizer has no
/// BOS.
std::vector<TokenId> scored_ids(const Tokenizer& tokenizer, std::string_view text, std::int64_t context);

}  // namespace aimc::workloads
