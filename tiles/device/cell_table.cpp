#include "tiles/device/cell_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <sstream>

#include "base/check/error.h"
#include "base/config/nearest.h"
#include "base/files/text_file.h"

namespace aimc::tiles {
namespace {

const std::vector<std::string> known_columns = {
    "conductance", "mean", "sigma", "drift_exponent_mean", "drift_exponent_std", "relative_read_noise"};

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line);
  for (std::string cell; std::getline(in, cell, ',');) cells.push_back(trimmed(cell));
  if (!line.empty() && line.back() == ',') cells.emplace_back();
  return cells;
}

/// The columns of one file by name, with the line of each row.
class TableReader {
 public:
  TableReader(std::filesystem::path file, config::Diagnostics& diagnostics)
      : file_(std::move(file)), diagnostics_(diagnostics) {}

  /// Whether the columns can be used.
  bool read() {
    const std::size_t before = diagnostics_.messages().size();
    std::istringstream in(read_text_file(file_, std::size_t{16} << 20));
    for (std::string line; std::getline(in, line);) {
      ++line_;
      line = trimmed(line);
      if (line.empty() || line.front() == '#') continue;
      if (names_.empty()) {
        read_header(line);
      } else {
        read_row(line);
      }
      if (diagnostics_.messages().size() > before + most_errors) break;
    }
    if (names_.empty()) error(0, "the table is empty; its first line names the columns");
    if (diagnostics_.messages().size() == before && rows_of("conductance").size() < 2)
      error(0, "the table needs at least two rows");
    return diagnostics_.messages().size() == before;
  }
  [[nodiscard]] bool has(const std::string& name) const { return columns_.contains(name); }
  [[nodiscard]] const std::vector<double>& rows_of(const std::string& name) { return columns_[name]; }
  [[nodiscard]] int first_line() const { return lines_.front(); }
  [[nodiscard]] int last_line() const { return lines_.back(); }
  void error(int line, const std::string& message) { diagnostics_.error({file_.string(), line}, "", message); }

 private:
  static constexpr std::size_t most_errors = 20;

  void read_header(const std::string& line) {
    names_ = cells_of(line);
    for (const std::string& name : names_) {
      if (std::find(known_columns.begin(), known_columns.end(), name) == known_columns.end()) {
        const std::string near = nearest(name);
        error(line_, fmt::format("unknown column '{}'; {}", name,
                                 near.empty() ? fmt::format("known: {}", fmt::join(known_columns, ", "))
                                              : fmt::format("did you mean '{}'?", near)));
      } else if (!columns_.emplace(name, std::vector<double>{}).second) {
        error(line_, fmt::format("the column '{}' comes twice", name));
      }
    }
    if (!has("conductance")) error(line_, "a column 'conductance' is needed");
    if (has("drift_exponent_mean") != has("drift_exponent_std"))
      error(line_, "drift needs both columns, drift_exponent_mean and drift_exponent_std");
    if (names_.size() < 2) error(line_, "a column besides 'conductance' is needed");
  }
  static std::string nearest(const std::string& name) { return config::nearest(name, known_columns); }

  void read_row(const std::string& line) {
    const auto cells = cells_of(line);
    if (cells.size() != names_.size()) {
      error(line_, fmt::format("{} values, but {} columns", cells.size(), names_.size()));
      return;
    }
    for (std::size_t i = 0; i < cells.size(); ++i) store(names_[i], cells[i]);
    lines_.push_back(line_);
  }

  void store(const std::string& name, const std::string& text) {
    double value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
      error(line_, fmt::format("{}: '{}' is not a finite number", name, text));
      return;
    }
    auto& column = columns_[name];
    if (name == "conductance" && !column.empty() && !(value > column.back()))
      error(line_, fmt::format("conductance {} does not ascend", text));
    if (name != "drift_exponent_mean" && value < 0) error(line_, fmt::format("{} is negative: {}", name, text));
    column.push_back(value);
  }

  std::filesystem::path file_;
  config::Diagnostics& diagnostics_;
  int line_ = 0;
  std::vector<std::string> names_;
  std::vector<int> lines_;
  std::map<std::string, std::vector<double>> columns_;
};

CurveSpec curve(TableReader& table, const std::string& column) {
  CurvePiece piece;
  piece.at = table.rows_of("conductance");
  piece.values = table.rows_of(column);
  return {.argument = CurveArgument::conductance, .pieces = {std::move(piece)}};
}

void check_window(TableReader& table, const ConverterSpec& converter) {
  const auto& conductance = table.rows_of("conductance");
  if (conductance.front() > converter.g_min)
    table.error(table.first_line(), fmt::format("the table starts at {}, above the converter's g_min of {}",
                                                conductance.front(), converter.g_min));
  if (conductance.back() < converter.g_max)
    table.error(table.last_line(), fmt::format("the table ends at {}, below the converter's g_max of {}",
                                               conductance.back(), converter.g_max));
}

}  // namespace

void apply_cell_table(const std::filesystem::path& file, DeviceSpec& device, bool read_noise_grows,
                      config::Diagnostics& diagnostics) {
  TableReader table(file, diagnostics);
  try {
    if (!table.read()) return;
  } catch (const InputError& error) {
    diagnostics.error({file.string(), 0}, "", error.what());
    return;
  }
  check_window(table, device.converter);
  if (table.has("sigma") || table.has("mean")) {
    if (!device.programming) device.programming.emplace().limits = Limits::zero;
    if (table.has("sigma")) {
      device.programming->sigma = curve(table, "sigma");
      device.programming->reference_maximum.reset();
    }
    if (table.has("mean")) device.programming->mean = curve(table, "mean");
  }
  if (table.has("drift_exponent_mean")) {
    if (!device.drift || !device.drift->power_law) {
      table.error(1, "drift exponents need drift.power_law.t_0 in the device file");
      return;
    }
    device.drift->power_law->exponent_mean = curve(table, "drift_exponent_mean");
    device.drift->power_law->exponent_std = curve(table, "drift_exponent_std");
  }
  if (table.has("relative_read_noise")) {
    if (!device.read_noise) device.read_noise.emplace();
    device.read_noise->sigma.reset();
    device.read_noise->relative_sigma = curve(table, "relative_read_noise");
    if (!read_noise_grows) device.read_noise->t_read.reset();
  }
}

}  // namespace aimc::tiles
