#include "workloads/text/pre_tokenizer.h"

#include "base/json/view.h"
#include "workloads/text/byte_level.h"
#include "workloads/text/normalizer.h"

namespace aimc::workloads {
namespace {

/// A pattern that matches exactly this text.
std::string literal_pattern(std::string_view text) { return "\\Q" + replaced(text, "\\E", "\\E\\\\E\\Q") + "\\E"; }

bool flag(const JsonView& json, const char* key, bool absent) {
  const auto found = json.find(key);
  return found ? found->boolean() : absent;
}

}  // namespace

PreTokenizer::PreTokenizer(const JsonView& json) { add(json); }

void PreTokenizer::add(const JsonView& json) {
  const std::string& type = json.at("type").text();
  if (byte_level_) json.fail("a step after ByteLevel is not supported");
  if (type == "Sequence") {
    const JsonView list = json.at("pretokenizers");
    for (std::size_t i = 0; i < list.size(); ++i) add(list.item(i));
  } else if (type == "ByteLevel") {
    add_byte_level(json);
  } else if (type == "Split") {
    add_split(json);
  } else if (type == "Metaspace") {
    add_metaspace(json);
  } else {
    json.at("type").fail("the pre-tokenizer '" + type +
                         "' is not supported; supported are Sequence, ByteLevel, Split and Metaspace");
  }
}

void PreTokenizer::add_byte_level(const JsonView& json) {
  byte_level_ = true;
  if (flag(json, "add_prefix_space", true)) steps_.emplace_back(LeadingSpace{});
  if (flag(json, "use_regex", true)) steps_.emplace_back(Split{Regex(gpt2_split_pattern(), json.file()), true});
}

void PreTokenizer::add_split(const JsonView& json) {
  const JsonView pattern = json.at("pattern");
  const auto regex = pattern.find("Regex");
  const std::string text = regex ? regex->text() : literal_pattern(pattern.at("String").text());
  const std::string& behavior = json.at("behavior").text();
  if (behavior != "Isolated" && behavior != "Removed")
    json.at("behavior").fail("'" + behavior + "' is not supported; supported are Isolated and Removed");
  if (flag(json, "invert", false)) json.at("invert").fail("an inverted split is not supported");
  steps_.emplace_back(Split{Regex(text, json.file() + ": " + pattern.pointer()), behavior == "Isolated"});
}

void PreTokenizer::add_metaspace(const JsonView& json) {
  const auto scheme = json.find("prepend_scheme");
  const std::string name = scheme ? scheme->text() : flag(json, "add_prefix_space", true) ? "always" : "never";
  Metaspace step{json.at("replacement").text(), Metaspace::Prepend::never, flag(json, "split", true)};
  if (step.replacement.empty()) json.at("replacement").fail("is empty");
  if (name == "always") {
    step.prepend = Metaspace::Prepend::always;
  } else if (name == "first") {
    step.prepend = Metaspace::Prepend::first;
  } else if (name != "never") {
    json.at("prepend_scheme").fail("'" + name + "' is none of always, first and never");
  }
  steps_.emplace_back(std::move(step));
}

std::vector<std::string> PreTokenizer::apply(const Split& step, const std::string& piece, SectionStart) {
  std::vector<std::string> pieces;
  std::size_t at = 0;
  const auto add = [&](std::size_t begin, std::size_t end) {
    if (begin < end) pieces.push_back(piece.substr(begin, end - begin));
  };
  for (const auto& [begin, end] : step.pattern.matches(piece)) {
    add(at, begin);
    if (step.keep_matches) add(begin, end);
    at = end;
  }
  add(at, piece.size());
  return pieces;
}

std::vector<std::string> PreTokenizer::apply(const LeadingSpace&, const std::string& piece, SectionStart start) {
  const bool prepend = start != SectionStart::inside && !piece.starts_with(' ');
  return {prepend ? " " + piece : piece};
}

std::vector<std::string> PreTokenizer::apply(const Metaspace& step, const std::string& piece, SectionStart start) {
  std::string text = replaced(piece, " ", step.replacement);
  const bool prepend = step.prepend == Metaspace::Prepend::always
                           ? start != SectionStart::inside
                           : step.prepend == Metaspace::Prepend::first && start == SectionStart::sequence;
  if (prepend && !text.starts_with(step.replacement)) text.insert(0, step.replacement);
  if (!step.split) return {std::move(text)};
  std::vector<std::string> pieces;
  for (std::size_t at = 0;
       at < text.size();) {  // each piece begins with the replacement: Hugging Face's MergedWithNext
    const std::size_t end = std::min(text.find(step.replacement, at + 1), text.size());
    pieces.push_back(text.substr(at, end - at));
    at = end;
  }
  return pieces;
}

std::vector<std::string> PreTokenizer::split(std::string_view text, SectionStart start) const {
  std::vector<std::string> pieces{std::string(text)};
  for (const Step& step : steps_) {
    std::vector<std::string> cut;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const SectionStart place = i == 0 ? start : SectionStart::section;
      auto parts = std::visit([&](const auto& s) { return apply(s, pieces[i], place); }, step);
      std::move(parts.begin(), parts.end(), std::back_inserter(cut));
    }
    pieces = std::move(cut);
  }
  return pieces;
}

}  // namespace aimc::workloads
