#include "base/json/view.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/check/error.h"

namespace aimc {
namespace {

/// A value for a message: itself when it is short, else its type.
std::string shown(const nlohmann::json& value) {
  if (value.is_structured()) return value.type_name();
  std::string text = value.dump();
  return text.size() <= 60 ? text : value.type_name();
}

}  // namespace

JsonView::JsonView(const nlohmann::json& value, std::string file, std::string pointer)
    : value_(&value), file_(std::move(file)), pointer_(std::move(pointer)) {}

JsonView JsonView::at(std::string_view key) const {
  if (!value_->is_object()) fail(fmt::format("is {}, not an object", value_->type_name()));
  const auto found = value_->find(key);
  if (found == value_->end()) fail(fmt::format("lacks the member '{}'", key));
  return {*found, file_, fmt::format("{}/{}", pointer_, key)};
}

std::optional<JsonView> JsonView::find(std::string_view key) const {
  if (!value_->is_object()) fail(fmt::format("is {}, not an object", value_->type_name()));
  const auto found = value_->find(key);
  if (found == value_->end() || found->is_null()) return std::nullopt;
  return JsonView(*found, file_, fmt::format("{}/{}", pointer_, key));
}

JsonView JsonView::item(std::size_t index) const {
  if (!value_->is_array()) fail(fmt::format("is {}, not an array", value_->type_name()));
  if (index >= value_->size()) fail(fmt::format("has {} items, no item {}", value_->size(), index));
  return {(*value_)[index], file_, fmt::format("{}/{}", pointer_, index)};
}

std::size_t JsonView::size() const {
  if (!value_->is_structured()) fail(fmt::format("is {}, not an array or an object", value_->type_name()));
  return value_->size();
}

std::int64_t JsonView::integer(std::int64_t low, std::int64_t high) const {
  if (!value_->is_number_integer()) fail(fmt::format("is {}, not an integer", shown(*value_)));
  const bool too_large = value_->is_number_unsigned() && value_->get<std::uint64_t>() > INT64_MAX;
  if (too_large || value_->get<std::int64_t>() < low || value_->get<std::int64_t>() > high)
    fail(fmt::format("is {}, not within {} to {}", shown(*value_), low, high));
  return value_->get<std::int64_t>();
}

double JsonView::number() const {
  if (!value_->is_number() || !std::isfinite(value_->get<double>()))
    fail(fmt::format("is {}, not a finite number", value_->type_name()));
  return value_->get<double>();
}

const std::string& JsonView::text() const {
  if (!value_->is_string()) fail(fmt::format("is {}, not a string", value_->type_name()));
  return value_->get_ref<const std::string&>();
}

bool JsonView::boolean() const {
  if (!value_->is_boolean()) fail(fmt::format("is {}, not true or false", value_->type_name()));
  return value_->get<bool>();
}

void JsonView::fail(const std::string& message) const {
  throw InputError(fmt::format("{}: {}: {}", file_, pointer_.empty() ? "the document" : pointer_, message));
}

}  // namespace aimc
