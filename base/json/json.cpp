#include "base/json/json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "base/check/error.h"
#include "base/files/mapped_file.h"

namespace aimc {
namespace {

/// Builds the document and refuses duplicate keys and too deep nesting, both of which nlohmann::json::parse lets pass.
class StrictBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  StrictBuilder(std::string_view text, const std::string& where, int depth)
      : text_(text), where_(where), depth_(depth) {}

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(value); }
  bool number_unsigned(number_unsigned_t value) override { return put(value); }
  bool number_float(number_float_t value, const string_t&) override { return put(value); }
  bool string(string_t& value) override { return put(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(nlohmann::json::object()); }
  bool start_array(std::size_t) override { return open(nlohmann::json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    if (stack_.back()->contains(name))
      throw InputError(fmt::format("{}: the key {}/{} occurs twice", where_, pointer(), name));
    keys_.back() = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
    std::size_t line = 1, column = 0;
    for (std::size_t i = 0; i < std::min(position, text_.size()); ++i) {
      column = text_[i] == '\n' ? 0 : column + 1;
      line += text_[i] == '\n' ? 1 : 0;
    }
    std::string reason = error.what();  // "[json.exception.parse_error.101] parse error at ...: syntax error while ..."
    if (const auto colon = reason.find(": "); colon != std::string::npos) reason.erase(0, colon + 2);
    throw InputError(fmt::format("{}:{}:{}: not valid JSON: {}", where_, line, column, reason));
  }

  nlohmann::json root;

 private:
  template <class Value>
  nlohmann::json* place(Value&& value) {
    if (stack_.empty()) return &(root = std::forward<Value>(value));
    nlohmann::json& parent = *stack_.back();
    if (parent.is_array()) return &parent.emplace_back(std::forward<Value>(value));
    return &(parent[keys_.back()] = std::forward<Value>(value));
  }
  template <class Value>
  bool put(Value&& value) {
    place(std::forward<Value>(value));
    return true;
  }
  bool open(nlohmann::json container) {
    if (static_cast<int>(stack_.size()) >= depth_)
      throw InputError(fmt::format("{}: nested deeper than {} levels at {}", where_, depth_, pointer()));
    stack_.push_back(place(std::move(container)));
    keys_.emplace_back();
    return true;
  }
  bool close() {
    stack_.pop_back();
    keys_.pop_back();
    return true;
  }
  /// JSON pointer of the container being read.
  [[nodiscard]] std::string pointer() const {
    std::string path;
    for (std::size_t i = 0; i + 1 < stack_.size(); ++i)
      path += '/' + (stack_[i]->is_array() ? std::to_string(stack_[i]->size() - 1) : keys_[i]);
    return path;
  }

  std::string_view text_;
  const std::string& where_;
  int depth_;
  // A container only grows at its end, and its own parent does not while it is open, so the pointers stay valid.
  std::vector<nlohmann::json*> stack_;
  std::vector<std::string> keys_;
};

}  // namespace

nlohmann::json parse_json(std::string_view text, const std::string& where, const JsonLimits& limits) {
  if (text.size() > limits.bytes)
    throw InputError(
        fmt::format("{}: {} bytes of JSON, more than the {} that are read", where, text.size(), limits.bytes));
  StrictBuilder builder(text, where, limits.depth);
  try {
    nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  } catch (const nlohmann::json::exception& error) {
    throw InputError(fmt::format("{}: not valid JSON: {}", where, error.what()));
  }
  return std::move(builder.root);
}

nlohmann::json read_json_file(const std::filesystem::path& path, const JsonLimits& limits) {
  const MappedFile file(path);
  return parse_json(std::string_view(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()),
                    path.string(), limits);
}

}  // namespace aimc
