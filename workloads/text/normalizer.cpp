#include "workloads/text/normalizer.h"

#include "base/json/view.h"

namespace aimc::workloads {

Normalizer::Normalizer(const JsonView& json) { add(json); }

void Normalizer::add(const JsonView& json) {
  const std::string& type = json.at("type").text();
  if (type == "Sequence") {
    const JsonView list = json.at("normalizers");
    for (std::size_t i = 0; i < list.size(); ++i) add(list.item(i));
  } else if (type == "Prepend") {
    if (!json.at("prepend").text().empty()) steps_.push_back({"", json.at("prepend").text()});
  } else if (type == "Replace") {
    const std::string& from = json.at("pattern").at("String").text();
    if (from.empty()) json.at("pattern").fail("replacing an empty string is not possible");
    steps_.push_back({from, json.at("content").text()});
  } else {
    json.at("type").fail("the normalizer '" + type + "' is not supported; supported are Sequence, Prepend and Replace");
  }
}

std::string Normalizer::apply(std::string_view text, SectionStart start) const {
  std::string result(text);
  for (const Step& step : steps_) {
    if (!step.from.empty())
      result = replaced(result, step.from, step.to);
    else if (start != SectionStart::inside && !result.empty())
      result.insert(0, step.to);
  }
  return result;
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string result;
  while (true) {
    const std::size_t at = text.find(from);
    result += text.substr(0, at);
    if (at == std::string_view::npos) return result;
    result += to;
    text.remove_prefix(at + from.size());
  }
}

}  // namespace aimc::workloads
