#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "workloads/text/tokenizer.h"

namespace aimc::workloads {

/// One text scored token by token: bits per character and perplexity.
struct TextItem {
  std::string id;
  std::vector<TokenId> ids;      ///< BOS first, cut at the model's context
  std::int64_t characters = 0;   ///< of the decoded ids after BOS (code points)
};

/// One multiple-choice item: the choice with the highest log-likelihood per character wins.
struct ChoiceItem {
  std::string id;
  std::vector<TokenId> context;                ///< BOS first
  std::vector<std::vector<TokenId>> choices;   ///< ids of each continuation
  std::vector<std::int64_t> characters;        ///< of each choice
  std::int64_t answer = 0;
};

/// The items of one task file (configs/tasks/*.yaml), tokenised for a model.
struct Task {
  std::string name;
  std::vector<TextItem> texts;
  std::vector<ChoiceItem> choices;
};

/// What a task file says.
struct TaskSpec {
  std::string name;
  std::filesystem::path text;          ///< stories separated by `separator`; empty: none
  std::string separator = "<|endoftext|>";
  bool drop_first_and_last = false;    ///< they may be cut where the file was cut
  bool ascii_only = false;
  std::int64_t limit = 0;              ///< at most so many texts; 0: all
  std::filesystem::path choices;       ///< JSON lines with context, choices, answer; empty: none
  std::int64_t choice_limit = 0;
};

/// Reads the files of a task and tokenises them. Throws InputError.
Task load_task(const TaskSpec& spec, const Tokenizer& tokenizer, std::int64_t context);

/// Texts of a file as the task rules cut it (used for calibration too).
std::vector<std::string> split_texts(const TaskSpec& spec);

}  // namespace aimc::workloads
