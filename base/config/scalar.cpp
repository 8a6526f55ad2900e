#include "base/config/scalar.h"

#include <fmt/ranges.h>

#include <charconv>

#include "base/check/check.h"
#include "base/config/nearest.h"
#include "base/units/decimal.h"

namespace aimc::config {
namespace {

using Kind = ValueType::Kind;

[[noreturn]] void refuse(const Node& node, const ValueType& type, const std::string& hint = {}) {
  const std::string got = node.kind == Node::Kind::scalar
                              ? fmt::format("{}'{}'", node.quoted ? "the quoted text " : "", node.scalar)
                              : std::string(describe(node.kind));
  throw ConfigError(fmt::format("expected {}, got {}{}", expectation(type), got, hint));
}

std::vector<std::string> choice_names(const ValueType& type) {
  std::vector<std::string> names;
  for (const auto& [name, number] : type.choices) names.push_back(name);
  return names;
}

/// Decimal digits only: YAML 1.1 reads 010 as eight and 1_000 or 0x10 as numbers, which surprises.
bool is_decimal_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return false;
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

template <class Integer>
Value read_integer(const Node& node, const ValueType& type) {
  const std::string& text = node.scalar;
  if (!is_decimal_integer(text)) refuse(node, type);
  Integer value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) refuse(node, type);
  return value;
}

Value read_real(const Node& node, const ValueType& type) {
  if (units::decimal_length(node.scalar) != node.scalar.size()) refuse(node, type);
  const auto value = units::decimal_value(node.scalar);
  if (!value) refuse(node, type);
  return *value;
}

Value read_choice(const Node& node, const ValueType& type) {
  for (const auto& [name, number] : type.choices) {
    if (name == node.scalar) return number;
  }
  const std::string near = nearest(node.scalar, choice_names(type));
  refuse(node, type, near.empty() ? "" : fmt::format("; did you mean '{}'?", near));
}

Value read_path(const Node& node) {
  std::filesystem::path path(node.scalar);
  // A file under configs/ must mean the same from every working directory.
  if (path.is_relative() && node.origin.line > 0) path = std::filesystem::path(node.origin.file).parent_path() / path;
  return path.lexically_normal().string();
}

Value read_quantity(const Node& node, const ValueType& type) {
  const double si = units::parse(node.scalar, *type.dimension);
  if (type.dimension == &units::dimension_of<Time>()) (void)units::time_from_seconds(si);
  if (type.whole) (void)units::data_size_from_bytes(si);
  return si;
}

Value read_unchecked(const Node& node, const ValueType& type) {
  switch (type.kind) {
    case Kind::boolean:
      if (node.scalar != "true" && node.scalar != "false") refuse(node, type);
      return node.scalar == "true";
    case Kind::integer:
      return read_integer<std::int64_t>(node, type);
    case Kind::unsigned_integer:
      return read_integer<std::uint64_t>(node, type);
    case Kind::real:
      return read_real(node, type);
    case Kind::text:
      return node.scalar;
    case Kind::path:
      return read_path(node);
    case Kind::choice:
      return read_choice(node, type);
    case Kind::quantity:
      return read_quantity(node, type);
  }
  AIMC_CHECK(false);
}

bool is_number(Kind kind) {
  return kind == Kind::integer || kind == Kind::unsigned_integer || kind == Kind::real || kind == Kind::quantity;
}

std::string bound_text(double bound, const ValueType& type) {
  if (type.kind == Kind::quantity) return units::format(bound, *type.dimension);
  if (type.kind == Kind::real) return fmt::format("{}", bound);
  return fmt::format("{:.0f}", bound);
}

/// The limits of int and int64_t are not worth naming.
std::optional<double> named(std::optional<double> bound) {
  return bound && std::abs(*bound) >= 2147483647.0 ? std::nullopt : bound;
}

}  // namespace

double as_number(const Value& value) {
  if (const auto* i = std::get_if<std::int64_t>(&value)) return static_cast<double>(*i);
  if (const auto* u = std::get_if<std::uint64_t>(&value)) return static_cast<double>(*u);
  if (const auto* d = std::get_if<double>(&value)) return *d;
  return 0;
}

Value read_scalar(const Node& node, const ValueType& type) {
  const bool quotable =
      type.kind == Kind::text || type.kind == Kind::path || type.kind == Kind::choice || type.kind == Kind::quantity;
  if (node.kind != Node::Kind::scalar || (node.quoted && !quotable)) refuse(node, type);
  Value value = read_unchecked(node, type);
  if (!is_number(type.kind)) return value;
  const double number = as_number(value);
  const bool too_low = (type.lowest && number < *type.lowest) || (type.positive && number <= 0);
  const bool too_high = type.highest && number > *type.highest;
  if (too_low || too_high) {
    const std::string range = range_text(type);
    throw ConfigError(fmt::format("{} is out of range{}", node.scalar, range.empty() ? "" : "; allowed is " + range));
  }
  return value;
}

std::string written(const Value& value, const ValueType& type) {
  if (type.kind == Kind::quantity) return units::format_exactly(std::get<double>(value), *type.dimension);
  if (type.kind == Kind::choice) {
    const auto number = std::get<std::int64_t>(value);
    for (const auto& [name, choice] : type.choices) {
      if (choice == number) return name;
    }
    AIMC_CHECK(false, "no name for choice {}", number);
  }
  return std::visit([](const auto& v) { return fmt::format("{}", v); }, value);
}

std::string range_text(const ValueType& type) {
  if (!is_number(type.kind)) return {};
  const auto lowest = named(type.lowest);
  const auto highest = named(type.highest);
  const bool above_zero = type.positive && (!lowest || *lowest <= 0);
  if (above_zero) return highest ? fmt::format("above 0 to {}", bound_text(*highest, type)) : "above 0";
  if (lowest && highest) return fmt::format("{} to {}", bound_text(*lowest, type), bound_text(*highest, type));
  if (lowest) return fmt::format("{} or more", bound_text(*lowest, type));
  if (highest) return fmt::format("at most {}", bound_text(*highest, type));
  return {};
}

std::string expectation(const ValueType& type) {
  const std::string range = range_text(type);
  const std::string in_range = range.empty() ? "" : " (" + range + ")";
  switch (type.kind) {
    case Kind::boolean:
      return "true or false";
    case Kind::integer:
    case Kind::unsigned_integer:
      return "an integer" + in_range;
    case Kind::real:
      return "a number" + in_range;
    case Kind::text:
      return "a text";
    case Kind::path:
      return "a path";
    case Kind::choice:
      return fmt::format("one of {}", fmt::join(choice_names(type), ", "));
    case Kind::quantity:
      return fmt::format("{} with its unit, such as \"{}\"{}", type.dimension->name, type.dimension->example, in_range);
  }
  AIMC_CHECK(false);
}

}  // namespace aimc::config
