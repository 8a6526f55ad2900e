#include <algorithm>

#include "base/check/error.h"
#include "base/files/text_file.h"
#include "workloads/tasks/task.h"

namespace aimc::workloads {

namespace {

std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> pieces;
  if (separator.empty()) return {text};
  for (std::size_t begin = 0;;) {
    const std::size_t end = text.find(separator, begin);
    pieces.push_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) return pieces;
    begin = end + separator.size();
  }
}

std::string_view strip(std::string_view text) {
  constexpr std::string_view white_space = " \t\n\v\f\r";
  const std::size_t begin = text.find_first_not_of(white_space);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(white_space) - begin + 1);
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
}

}  // namespace

std::vector<std::string> split_texts(const TaskSpec& spec) {
  const std::string content = read_text_file(spec.text);
  auto pieces = split(content, spec.separator);
  if (spec.drop_first_and_last) {
    pieces.pop_back();
    if (!pieces.empty()) pieces.erase(pieces.begin());
  }
  std::vector<std::string> texts;
  for (const auto piece : pieces) {
    if (spec.limit > 0 && static_cast<std::int64_t>(texts.size()) == spec.limit) break;
    const auto text = strip(piece);
    if (text.empty() || (spec.ascii_only && !is_ascii(text))) continue;
    texts.emplace_back(text);
  }
  if (texts.empty()) {
    throw InputError(fmt::format(
        "{}: no text is left of {} pieces between \"{}\"{}{}", spec.text.string(), pieces.size(), spec.separator,
        spec.drop_first_and_last ? ", without the first and the last" : "", spec.ascii_only ? ", ASCII only" : ""));
  }
  return texts;
}

}  // namespace aimc::workloads
