#include <algorithm>

#include "base/check/error.h"
#include "workloads/tasks/choice_items.h"
#include "workloads/tasks/code_points.h"
#include "workloads/tasks/task.h"

namespace aimc::workloads {

namespace {

TextItem make_text_item(const Tokenizer& tokenizer, const std::string& text, std::size_t number, std::int64_t context) {
  TextItem item;
  item.id = fmt::format("text {}", number);
  item.ids = scored_ids(tokenizer, text, context);
  // With the leading space that some tokenizers add: it is scored, so it counts (as the oracle counts it).
  item.characters = count_code_points(tokenizer.decode_continuation(std::span(item.ids).subspan(1)));
  return item;
}

ChoiceItem make_choice_item(const Tokenizer& tokenizer, const ChoiceLine& line, std::int64_t context) {
  ChoiceItem item{.id = line.id, .context = {}, .choices = {}, .characters = {}, .answer = line.answer};
  std::size_t longest = 0;
  for (const auto& choice : line.choices) {
    item.choices.push_back(tokenizer.encode_continuation(choice));
    if (item.choices.back().empty())
      throw InputError(fmt::format("{}: the tokenizer has no token for the choice '{}'", line.where, choice));
    item.characters.push_back(count_code_points(choice));
    longest = std::max(longest, item.choices.back().size());
  }
  item.context = scored_ids(tokenizer, line.context, std::numeric_limits<std::int64_t>::max());
  if (static_cast<std::int64_t>(longest) + 2 > context) {
    throw InputError(fmt::format("{}: a choice of {} tokens leaves no room for its context in the model's {} tokens",
                                 line.where, longest, context));
  }
  const auto room = static_cast<std::size_t>(context) - longest;
  if (item.context.size() > room) {
    // As evaluation harnesses do: the text next to the choices counts most, so the oldest is dropped.
    const auto excess = static_cast<std::ptrdiff_t>(item.context.size() - room);
    item.context.erase(item.context.begin() + 1, item.context.begin() + 1 + excess);
  }
  return item;
}

}  // namespace

std::vector<TokenId> scored_ids(const Tokenizer& tokenizer, std::string_view text, std::int64_t context) {
  if (tokenizer.bos() < 0) {
    throw InputError(
        "the tokenizer names no token that begins a text (BOS), which scored texts start with: add "
        "bos_token to tokenizer_config.json");
  }
  std::vector<TokenId> ids{tokenizer.bos()};
  const auto encoded = tokenizer.encode(text);
  ids.insert(ids.end(), encoded.begin(), encoded.end());
  if (static_cast<std::int64_t>(ids.size()) > context) ids.resize(static_cast<std::size_t>(context));
  return ids;
}

Task load_task(const TaskSpec& spec, const Tokenizer& tokenizer, std::int64_t context) {
  Task task;
  task.name = spec.name;
  if (!spec.text.empty()) {
    for (const auto& text : split_texts(spec))
      task.texts.push_back(make_text_item(tokenizer, text, task.texts.size(), context));
  }
  if (!spec.choices.empty()) {
    for (const auto& line : read_choice_lines(spec.choices, spec.choice_limit))
      task.choices.push_back(make_choice_item(tokenizer, line, context));
  }
  return task;
}

}  // namespace aimc::workloads
