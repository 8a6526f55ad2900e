#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace aimc {

/// A value inside a JSON document together with its place, so that every complaint says file, JSON pointer and what was
/// expected. Does not own the document. All accessors throw InputError when the value is not what they ask for.
class JsonView {
 public:
  JsonView(const nlohmann::json& value, std::string file, std::string pointer = "");

  /// The member of that name; InputError when it is missing.
  [[nodiscard]] JsonView at(std::string_view key) const;
  /// The member of that name, or nothing when it is missing or null.
  [[nodiscard]] std::optional<JsonView> find(std::string_view key) const;
  [[nodiscard]] JsonView item(std::size_t index) const;
  /// Number of items or members of an array or object.
  [[nodiscard]] std::size_t size() const;

  /// An integer within [low, high]; a float such as 4.0 is none.
  [[nodiscard]] std::int64_t integer(std::int64_t low, std::int64_t high) const;
  /// A finite number.
  [[nodiscard]] double number() const;
  [[nodiscard]] const std::string& text() const;
  [[nodiscard]] bool boolean() const;

  [[nodiscard]] const nlohmann::json& json() const { return *value_; }
  [[nodiscard]] const std::string& pointer() const { return pointer_; }
  [[nodiscard]] const std::string& file() const { return file_; }
  /// Throws the InputError "file: /pointer: message".
  [[noreturn]] void fail(const std::string& message) const;

 private:
  const nlohmann::json* value_;
  std::string file_;
  std::string pointer_;
};

}  // namespace aimc
