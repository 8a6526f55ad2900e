#include <fmt/format.h>

#include <array>
#include <boost/program_options.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/check/error.h"
#include "base/units/parse.h"
#include "cli/command.h"
#include "tiles/device/device_table.h"
#include "tiles/device/load_device.h"

namespace aimc::cli {
namespace po = boost::program_options;

namespace {

using tiles::CellStatistics;
using tiles::ConductanceUnit;

constexpr const char* usage = "aimcsim device [NAME | FILE.yaml] [options]";

struct Column {
  const char *heading, *name;  ///< of the table and of CSV and JSON
  std::optional<double> CellStatistics::* value;
};
constexpr std::array<Column, 7> columns{{
    {"mean", "programming_mean", &CellStatistics::programming_mean},
    {"sigma", "programming_sigma", &CellStatistics::programming_sigma},
    {"nu", "drift_exponent_mean", &CellStatistics::exponent_mean},
    {"nu std", "drift_exponent_std", &CellStatistics::exponent_std},
    {"drift x", "drift_factor", &CellStatistics::drift_factor},
    {"spread", "drift_sigma", &CellStatistics::drift_sigma},
    {"read", "relative_read_sigma", &CellStatistics::relative_read_sigma},
}};

const char* unit_name(ConductanceUnit unit) {
  switch (unit) {
    case ConductanceUnit::microsiemens:
      return "uS";
    case ConductanceUnit::counts:
      return "counts";
    case ConductanceUnit::weight:
      return "channel maxima";
  }
  return "";
}

struct Request {
  tiles::DeviceSpec device;
  double seconds;
  std::string time;
  std::vector<CellStatistics> rows;
};

void print_csv(const Request& request) {
  std::cout << "conductance,rho";
  for (const Column& column : columns) std::cout << ',' << column.name;
  std::cout << '\n';
  for (const CellStatistics& row : request.rows) {
    std::cout << fmt::format("{},{}", row.conductance, row.rho);
    for (const Column& column : columns) {
      const auto value = row.*column.value;
      std::cout << ',' << (value ? fmt::format("{}", *value) : "");
    }
    std::cout << '\n';
  }
}

void print_json(const Request& request) {
  nlohmann::ordered_json document{{"title", request.device.title},
                                  {"source", request.device.source},
                                  {"kind", request.device.kind},
                                  {"validity", request.device.validity},
                                  {"conductance_unit", unit_name(request.device.unit)},
                                  {"seconds", request.seconds}};
  for (const CellStatistics& row : request.rows) {
    nlohmann::ordered_json entry{{"conductance", row.conductance}, {"rho", row.rho}};
    for (const Column& column : columns)
      if (const auto value = row.*column.value)
        entry[column.name] = *value;
      else
        entry[column.name] = nullptr;
    document["cells"].push_back(entry);
  }
  std::cout << document.dump(2) << '\n';
}

/// The text in lines of up to 80 columns, each after the first indented.
std::string wrapped(const std::string& heading, const std::string& text) {
  constexpr std::size_t width = 80;
  const std::string indent(heading.size(), ' ');
  std::string result, line = heading;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (line.size() + 1 + word.size() > width && line.size() > heading.size()) {
      result += line + '\n';
      line = indent;
    }
    line += (line.size() > heading.size() ? " " : "") + word;
    at = end + 1;
  }
  return result + line + '\n';
}

void print_table(const Request& request) {
  const tiles::DeviceSpec& device = request.device;
  std::cout << wrapped("", device.title) << wrapped("source:   ", device.source + " (" + device.kind + ")")
            << wrapped("validity: ", device.validity) << '\n';
  std::cout << wrapped("", fmt::format(
                               "{} after programming; g, mean, sigma and spread (of drift) in {}; drift x and read: "
                               "shares of the conductance",
                               request.time, unit_name(device.unit)))
            << '\n';
  std::cout << fmt::format("{:>9} {:>6}", "g", "rho");
  for (const Column& column : columns) std::cout << fmt::format(" {:>8}", column.heading);
  std::cout << '\n';
  for (const CellStatistics& row : request.rows) {
    std::cout << fmt::format("{:>9.5g} {:>6.3f}", row.conductance, row.rho);
    for (const Column& column : columns) {
      const auto value = row.*column.value;
      std::cout << (value ? fmt::format(" {:>8.4g}", *value) : "        -");
    }
    std::cout << '\n';
  }
}

void print_devices() {
  for (const std::string& name : tiles::device_models()) {
    const tiles::DeviceSpec device = tiles::device_spec({.model = name});
    std::cout << name << '\n' << wrapped("    ", device.title);
    if (!device.source.empty()) std::cout << wrapped("    ", device.source);
  }
  std::cout << "\nNAME prints one of them as a table over its conductances.\n";
}

po::variables_map parse(const std::vector<std::string>& arguments, const po::options_description& options) {
  po::options_description all;
  all.add(options).add_options()("device", po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add("device", -1);
  po::variables_map values;
  try {
    po::store(po::command_line_parser(arguments).options(all).positional(positional).run(), values);
    po::notify(values);
  } catch (const po::error& error) {
    throw ConfigError(fmt::format("{}\nusage: {}", error.what(), usage));
  }
  return values;
}

Request read_request(const po::variables_map& values, const std::string& name) {
  const std::string time = values["time"].as<std::string>();
  const int points = values["points"].as<int>();
  if (points < 2 || points > 100001) throw ConfigError("--points: give a number from 2 to 100001");
  Request request{.device = tiles::device_spec({.model = name}), .seconds = 0, .time = time, .rows = {}};
  request.seconds = parse_quantity<Duration>(time).si();
  if (!(request.seconds >= 0)) throw ConfigError("--time: give a time after programming, for example '1 day'");
  request.rows = tiles::device_table(request.device, request.seconds, points);
  return request;
}

}  // namespace

int device_command(const std::vector<std::string>& arguments) {
  po::options_description options("Options", 79, 44);
  options.add_options()("help,h", "print this help")  //
      ("time", po::value<std::string>()->default_value("0 s")->value_name("TIME"), "after programming, e.g. '1 day'")(
          "points", po::value<int>()->default_value(21)->value_name("N"), "conductances")  //
      ("csv", po::bool_switch(), "print CSV")("json", po::bool_switch(), "print JSON");
  const po::variables_map values = parse(arguments, options);
  if (values.count("help") > 0) {
    std::cout << "usage: " << usage << "\n\n"
              << "Prints what a memory device does to its cells, over the conductance: mean and\n"
                 "sigma of programming, drift exponent nu, factor and spread of drift, read noise.\n"
                 "Without a name, lists the devices. FILE.yaml: your own (docs/devices).\n\n"
              << options << "\nexample:\n  aimcsim device pcm_like --time '1 day'\n";
    return 0;
  }
  const auto names =
      values.count("device") > 0 ? values["device"].as<std::vector<std::string>>() : std::vector<std::string>{};
  if (names.size() > 1) throw ConfigError(fmt::format("give one device ({} given)\nusage: {}", names.size(), usage));
  if (names.empty()) {
    print_devices();
    return 0;
  }
  const Request request = read_request(values, names.front());
  if (values["json"].as<bool>()) {
    print_json(request);
  } else if (values["csv"].as<bool>()) {
    print_csv(request);
  } else {
    print_table(request);
  }
  return 0;
}

}  // namespace aimc::cli
