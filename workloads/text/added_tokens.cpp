#include "workloads/text/added_tokens.h"

#include "base/json/view.h"

namespace aimc::workloads {
namespace {

constexpr std::int64_t largest_id = (std::int64_t{1} << 26) - 1;
constexpr std::string_view whitespace = " \t\n\v\f\r";

bool flag(const JsonView& json, const char* key, bool absent) {
  const auto found = json.find(key);
  return found ? found->boolean() : absent;
}

}  // namespace

AddedTokens::AddedTokens(const JsonView& json, const Normalizer& normalizer) {
  for (std::size_t i = 0; i < json.size(); ++i) {
    const JsonView item = json.item(i);
    const std::string& content = item.at("content").text();
    if (content.empty()) item.at("content").fail("is empty");
    if (flag(item, "single_word", false)) item.at("single_word").fail("tokens that are whole words are not supported");
    Token token{content, static_cast<TokenId>(item.at("id").integer(0, largest_id)), flag(item, "lstrip", false),
                flag(item, "rstrip", false)};
    if (!entries_.emplace(content, token.id).second) item.fail("'" + content + "' is added twice");
    // Hugging Face seeks such a token's normalised form in the normalised text.
    const bool normalized = flag(item, "normalized", !flag(item, "special", false));
    if (normalized) token.content = normalizer.apply(content, SectionStart::section);
    (normalized ? normalized_ : raw_).push_back(std::move(token));
  }
  for (auto* tokens : {&raw_, &normalized_})
    std::stable_sort(tokens->begin(), tokens->end(),
                     [](const Token& a, const Token& b) { return a.content.size() > b.content.size(); });
}

std::vector<AddedTokens::Section> AddedTokens::split(std::string_view text, bool normalized) const {
  std::array<std::vector<const Token*>, 256> by_first_byte;
  for (const Token& token : searched(normalized))
    by_first_byte[static_cast<std::uint8_t>(token.content[0])].push_back(&token);
  std::vector<Section> sections;
  std::size_t begin = 0;  // of the text not yet in a section
  for (std::size_t at = 0; at < text.size();) {
    const Token* match = nullptr;
    for (const Token* token : by_first_byte[static_cast<std::uint8_t>(text[at])])
      if (!match && text.substr(at).starts_with(token->content)) match = token;
    if (!match) {
      ++at;
      continue;
    }
    std::size_t first = at, last = at + match->content.size();
    while (match->strip_left && first > begin && whitespace.find(text[first - 1]) != std::string_view::npos) --first;
    while (match->strip_right && last < text.size() && whitespace.find(text[last]) != std::string_view::npos) ++last;
    if (first > begin) sections.push_back({text.substr(begin, first - begin)});
    sections.push_back({text.substr(at, match->content.size()), match->id});
    begin = at = last;
  }
  if (begin < text.size()) sections.push_back({text.substr(begin)});
  return sections;
}

}  // namespace aimc::workloads
