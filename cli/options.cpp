#include "cli/options.h"

#include <fmt/format.h>

#include <iostream>
#include <sstream>

#include "base/check/error.h"
#include "base/parallel/parallel.h"

namespace aimc::cli {
namespace po = boost::program_options;

namespace {

po::options_description common_options(const VerbHelp& help) {
  po::options_description options("Options", 79, 44);
  options.add_options()("help,h", "print this help")  //
      ("set", po::value<std::vector<std::string>>()->composing()->value_name("KEY=VALUE"),
       "override a key, e.g. hardware.tile.adc.bits=6 (repeatable)")                      //
      ("seed", po::value<std::string>()->value_name("N"), "seed of every random number")  //
      ("threads", po::value<int>()->value_name("N"), "threads to use (default: all cores); results do not change");
  if (help.writes)
    options.add_options()("out", po::value<std::string>()->value_name("DIR"),
                          "run directory (default: runs/NAME-TIME)");
  if (help.json) options.add_options()("json", po::bool_switch(), "print JSON on stdout instead of the table");
  return options;
}

/// Paragraphs (an empty line between them) filled to the width of a terminal.
std::string filled(const std::string& text) {
  constexpr std::size_t width = 79;
  std::string result, line;
  std::istringstream lines(text);
  for (std::string paragraph; std::getline(lines, paragraph);) {
    if (paragraph.empty()) {
      result += line + "\n\n";
      line.clear();
    }
    std::istringstream words(paragraph);
    for (std::string word; words >> word;) {
      if (!line.empty() && line.size() + 1 + word.size() > width) {
        result += line + "\n";
        line.clear();
      }
      line += (line.empty() ? "" : " ") + word;
    }
  }
  return result + line;
}

void print_help(const VerbHelp& help, const po::options_description& options) {
  std::cout << "usage: " << help.usage << "\n\n"
            << filled(help.purpose) << "\n\n"
            << options << "\nexample:\n  " << help.example << "\n";
}

po::variables_map parse(const std::vector<std::string>& arguments, const po::options_description& all,
                        const po::positional_options_description& positional, const VerbHelp& help) {
  po::variables_map values;
  try {
    po::store(po::command_line_parser(arguments).options(all).positional(positional).run(), values);
    po::notify(values);
  } catch (const po::error& error) {
    throw ConfigError(fmt::format("{}\nusage: {}", error.what(), help.usage));
  }
  return values;
}

void apply_threads(const po::variables_map& values) {
  if (values.count("threads") == 0) return;
  const int threads = values["threads"].as<int>();
  if (threads < 1 || threads > 4096) throw ConfigError("--threads: give a number from 1 to 4096");
  set_thread_count(threads);
}

}  // namespace

std::optional<ExperimentArguments> parse_experiment_arguments(const std::vector<std::string>& arguments,
                                                              const VerbHelp& help,
                                                              const po::options_description& own) {
  po::options_description options = common_options(help);
  for (const auto& option : own.options()) options.add(option);
  ExperimentArguments result;
  po::options_description all;
  all.add(options).add_options()("experiment", po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add("experiment", -1);
  result.values = parse(arguments, all, positional, help);
  if (result.values.count("help") > 0) {
    print_help(help, options);
    return std::nullopt;
  }
  const auto& values = result.values;
  const auto files =
      values.count("experiment") > 0 ? values["experiment"].as<std::vector<std::string>>() : std::vector<std::string>{};
  if (files.size() != 1)
    throw ConfigError(fmt::format("give one experiment file ({} given)\nusage: {}", files.size(), help.usage));
  result.file = files.front();
  if (values.count("set") > 0) result.assignments = values["set"].as<std::vector<std::string>>();
  if (values.count("seed") > 0) result.assignments.push_back("seed=" + values["seed"].as<std::string>());
  apply_threads(values);
  if (values.count("out") > 0) result.out = values["out"].as<std::string>();
  result.json = help.json && values["json"].as<bool>();
  return result;
}

std::optional<po::variables_map> parse_options(const std::vector<std::string>& arguments, const VerbHelp& help,
                                               const po::options_description& own, const char* positional) {
  po::options_description options("Options", 79, 44);
  options.add_options()("help,h", "print this help");
  for (const auto& option : own.options()) options.add(option);
  po::options_description all;
  all.add(options);
  po::positional_options_description places;
  if (positional != nullptr) {
    all.add_options()(positional, po::value<std::vector<std::string>>());
    places.add(positional, -1);
  }
  auto values = parse(arguments, all, places, help);
  if (values.count("help") > 0) {
    print_help(help, options);
    return std::nullopt;
  }
  apply_threads(values);
  return values;
}

}  // namespace aimc::cli
