#include "workloads/tasks/choice_items.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/check/error.h"
#include "base/files/text_file.h"
#include "base/json/json.h"
#include "base/json/view.h"

namespace aimc::workloads {

namespace {

constexpr std::size_t fewest_choices = 2;
constexpr std::size_t most_choices = 1000;  // an item is scored choice by choice; more is a mistake in the file

std::string read_id(const JsonView& item, std::size_t line) {
  const auto id = item.find("id");
  if (!id) return fmt::format("line {}", line);
  return id->json().is_string() ? id->text() : id->json().dump();
}

std::string read_text(const JsonView& value) {
  if (value.text().empty()) value.fail("is empty");
  return value.text();
}

ChoiceLine read_choice_line(std::string_view text, const std::string& where, std::size_t line) {
  const nlohmann::json document = parse_json(text, where);
  const JsonView item(document, where);
  ChoiceLine out;
  out.where = where;
  out.id = read_id(item, line);
  out.context = read_text(item.at("context"));
  const JsonView choices = item.at("choices");
  if (!choices.json().is_array() || choices.size() < fewest_choices || choices.size() > most_choices)
    choices.fail(fmt::format("must be a list of {} to {} texts", fewest_choices, most_choices));
  for (std::size_t i = 0; i < choices.size(); ++i) out.choices.push_back(read_text(choices.item(i)));
  out.answer = item.at("answer").integer(0, static_cast<std::int64_t>(out.choices.size()) - 1);
  return out;
}

}  // namespace

std::vector<ChoiceLine> read_choice_lines(const std::filesystem::path& path, std::int64_t limit) {
  const std::string content = read_text_file(path);
  std::vector<ChoiceLine> items;
  std::size_t line = 0;
  for (std::size_t begin = 0; begin < content.size();) {
    const std::size_t end = std::min(content.find('\n', begin), content.size());
    const std::string_view text = std::string_view(content).substr(begin, end - begin);
    begin = end + 1;
    ++line;
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (limit > 0 && static_cast<std::int64_t>(items.size()) == limit) break;
    items.push_back(read_choice_line(text, fmt::format("{}:{}", path.string(), line), line));
  }
  if (items.empty()) throw InputError(fmt::format("{}: no item: expected one JSON object a line", path.string()));
  return items;
}

}  // namespace aimc::workloads
