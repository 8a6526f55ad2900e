#include "sim/experiment/arrival_trace.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>
#include <sstream>
#include <string_view>

#include "base/check/error.h"
#include "base/files/text_file.h"
#include "base/units/decimal.h"

namespace aimc::sim {
namespace {

constexpr std::string_view header = "arrival_s,prompt_tokens,new_tokens";
constexpr std::int64_t most_tokens = 1000000;
constexpr double latest_s = 1e6;  // well inside Time's range of 106 days

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  return begin == std::string_view::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::string without_blanks(std::string_view text) {
  std::string kept;
  for (const char c : text)
    if (c != ' ' && c != '\t' && c != '\r') kept += c;
  return kept;
}

std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> cells;
  for (std::size_t begin = 0;;) {
    const auto comma = line.find(',', begin);
    cells.push_back(trimmed(line.substr(begin, comma - begin)));
    if (comma == std::string_view::npos) return cells;
    begin = comma + 1;
  }
}

std::optional<double> seconds_in(std::string_view cell) {
  if (cell.empty() || units::decimal_length(cell) != cell.size()) return std::nullopt;
  return units::decimal_value(cell);
}

std::optional<std::int64_t> tokens_in(std::string_view cell) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc{} || end != cell.data() + cell.size() || value < 1 || value > most_tokens) return std::nullopt;
  return value;
}

class TraceReader {
 public:
  TraceReader(const std::filesystem::path& file, config::Diagnostics& diagnostics)
      : file_(file.string()), diagnostics_(diagnostics) {}

  std::vector<Request> read(const std::string& text) {
    std::istringstream lines(text);
    std::string line;
    if (!std::getline(lines, line) || without_blanks(line) != header) {
      error(1, fmt::format("the first line must be the header {}", header));
      return {};
    }
    for (int number = 2; std::getline(lines, line); ++number)
      if (!trimmed(line).empty()) row(number, cells_of(line));
    if (requests_.empty() && !failed_) error(1, "there is no row below the header: a trace has at least one request");
    return requests_;
  }

 private:
  void row(int line, const std::vector<std::string_view>& cells) {
    if (cells.size() != 3) return error(line, fmt::format("{} cells where {} are expected", cells.size(), header));
    const auto at = seconds_in(cells[0]);
    if (!at) return error(line, fmt::format("arrival_s is '{}', not a number of seconds", cells[0]));
    if (*at < 0) return error(line, fmt::format("arrival_s is {}: no request arrives before the run begins", cells[0]));
    if (*at > latest_s)
      return error(line, fmt::format("arrival_s is {}: at most {} s are simulated", cells[0], latest_s));
    if (*at < last_) return error(line, fmt::format("arrival_s is {}, before the row above; sort the rows", cells[0]));
    last_ = *at;
    const std::array<std::string_view, 2> names{"prompt_tokens", "new_tokens"};
    std::array<std::int64_t, 2> counts{};
    for (std::size_t i = 0; i < 2; ++i) {
      const auto tokens = tokens_in(cells[i + 1]);
      if (!tokens)
        return error(line, fmt::format("{} is '{}', not an integer from 1 to {}", names[i], cells[i + 1], most_tokens));
      counts[i] = *tokens;
    }
    Request request;
    request.arrival = Time::from_seconds(*at);
    request.prompt_tokens = counts[0];
    request.new_tokens = counts[1];
    requests_.push_back(request);
  }

  void error(int line, const std::string& message) {
    failed_ = true;
    diagnostics_.error({file_, line}, "workload.arrivals.trace", message);
  }

  std::string file_;
  config::Diagnostics& diagnostics_;
  std::vector<Request> requests_;
  double last_ = 0;
  bool failed_ = false;
};

}  // namespace

std::vector<Request> read_arrival_trace(const std::filesystem::path& file, config::Diagnostics& diagnostics) {
  std::string text;
  try {
    text = read_text_file(file);
  } catch (const InputError& failure) {
    diagnostics.error({file.string(), 0}, "workload.arrivals.trace", failure.what());
    return {};
  }
  return TraceReader(file, diagnostics).read(text);
}

}  // namespace aimc::sim
