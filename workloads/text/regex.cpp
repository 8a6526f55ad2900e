#include "workloads/text/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/check/error.h"
#include "workloads/text/utf8.h"

namespace aimc::workloads {
namespace {

std::string pcre2_message(int error) {
  std::array<PCRE2_UCHAR, 256> text{};
  pcre2_get_error_message(error, text.data(), text.size());
  return reinterpret_cast<const char*>(text.data());
}

/// How many bytes from the start are valid UTF-8.
std::size_t valid_length(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const Utf8Character character = utf8_character(text, at);
    if (!character.valid) break;
    at += character.bytes;
  }
  return at;
}

struct FreeMatchData {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};

}  // namespace

struct Regex::Compiled {
  std::string where;
  pcre2_code* code = nullptr;
  ~Compiled() { pcre2_code_free(code); }
};

Regex::Regex(std::string_view pattern, const std::string& where) : compiled_(std::make_unique<Compiled>()) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  compiled_->where = where;
  compiled_->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                                  PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &error, &offset, nullptr);
  if (!compiled_->code)
    throw InputError(
        fmt::format("{}: the regular expression is wrong at character {}: {}", where, offset, pcre2_message(error)));
}

Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

std::vector<std::pair<std::size_t, std::size_t>> Regex::matches(std::string_view text) const {
  const std::unique_ptr<pcre2_match_data, FreeMatchData> data(
      pcre2_match_data_create_from_pattern(compiled_->code, nullptr));
  std::vector<std::pair<std::size_t, std::size_t>> found;
  for (std::size_t start = 0; start < text.size();) {
    const std::string_view run = text.substr(start, valid_length(text.substr(start)));
    for (std::size_t at = 0; at < run.size();) {
      // The run is valid; checking it again for every match would make long texts quadratic.
      const int result = pcre2_match(compiled_->code, reinterpret_cast<PCRE2_SPTR>(run.data()), run.size(), at,
                                     PCRE2_NOTEMPTY | PCRE2_NO_UTF_CHECK, data.get(), nullptr);
      if (result == PCRE2_ERROR_NOMATCH) break;
      if (result < 0)
        throw InputError(
            fmt::format("{}: the regular expression cannot be matched: {}", compiled_->where, pcre2_message(result)));
      const PCRE2_SIZE* bounds = pcre2_get_ovector_pointer(data.get());
      if (bounds[0] < at || bounds[0] >= bounds[1]) break;  // \K may put the start anywhere
      found.emplace_back(start + bounds[0], start + bounds[1]);
      at = bounds[1];
    }
    start += run.size() + 1;  // over the byte that ended the run
  }
  return found;
}

}  // namespace aimc::workloads
