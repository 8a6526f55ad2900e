#include "workloads/text/special_ids.h"

#include <nlohmann/json.hpp>

#include "base/json/json.h"
#include "base/json/view.h"

namespace aimc::workloads {
namespace {

using IdOf = std::function<std::optional<TokenId>(const std::string&)>;

/// "bos_token": "<s>" or {"content": "<s>", ...} of tokenizer_config.json.
TokenId named_token(const JsonView& config, const char* key, const IdOf& id_of) {
  const auto field = config.find(key);
  if (!field) return -1;
  const JsonView content = field->json().is_object() ? field->at("content") : *field;
  const auto id = id_of(content.text());
  if (!id) content.fail("'" + content.text() + "' is not in the vocabulary");
  return *id;
}

/// The special token before the text in the post-processor's template for one sequence.
TokenId template_token(const JsonView& processor, const IdOf& id_of) {
  const std::string& type = processor.at("type").text();
  if (type == "Sequence") {
    const JsonView list = processor.at("processors");
    for (std::size_t i = 0; i < list.size(); ++i)
      if (const TokenId id = template_token(list.item(i), id_of); id >= 0) return id;
  } else if (type == "TemplateProcessing") {
    const JsonView pieces = processor.at("single");
    if (pieces.size() == 0) return -1;
    const auto token = pieces.item(0).find("SpecialToken");
    if (token) return id_of(token->at("id").text()).value_or(-1);
  }
  return -1;
}

/// "eos_token_id": 2 or [2, 3] of config.json.
TokenId numbered_token(const JsonView& config, const char* key) {
  const auto field = config.find(key);
  if (!field || (field->json().is_array() && field->json().empty())) return -1;
  const JsonView id = field->json().is_array() ? field->item(0) : *field;
  return static_cast<TokenId>(id.integer(-1, INT32_MAX));
}

}  // namespace

SpecialIds find_special_ids(const JsonView& tokenizer, const std::filesystem::path& directory, const IdOf& id_of) {
  SpecialIds ids;
  const auto fill = [&](TokenId bos, TokenId eos) {
    if (ids.bos < 0) ids.bos = bos;
    if (ids.eos < 0) ids.eos = eos;
  };
  if (const auto path = directory / "tokenizer_config.json"; std::filesystem::exists(path)) {
    const nlohmann::json json = read_json_file(path);
    const JsonView config(json, path.string());
    fill(named_token(config, "bos_token", id_of), named_token(config, "eos_token", id_of));
  }
  if (const auto processor = tokenizer.find("post_processor")) fill(template_token(*processor, id_of), -1);
  if (const auto path = directory / "config.json"; std::filesystem::exists(path)) {
    const nlohmann::json json = read_json_file(path);
    const JsonView config(json, path.string());
    fill(numbered_token(config, "bos_token_id"), numbered_token(config, "eos_token_id"));
  }
  return ids;
}

}  // namespace aimc::workloads
