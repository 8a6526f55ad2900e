#include "cli/study_options.h"

#include <fmt/format.h>

#include "base/check/error.h"

namespace aimc::cli {
namespace po = boost::program_options;

namespace {

std::int64_t count(const po::variables_map& values, const char* option) {
  if (values.count(option) == 0) return 0;
  const auto number = values[option].as<std::int64_t>();
  if (number < 1) throw ConfigError(fmt::format("--{}: give at least 1", option));
  return number;
}

}  // namespace

po::options_description study_options() {
  po::options_description own;
  own.add_options()("deployment", po::value<std::string>()->default_value("", "the timed one")->value_name("NAME"),
                    "printed name of the deployment")                                                  //
      ("seeds", po::value<std::int64_t>()->value_name("N"), "noise seeds, the same for all variants")  //
      ("texts", po::value<std::int64_t>()->value_name("N"), "use at most so many texts of the task")   //
      ("choices", po::value<std::int64_t>()->value_name("N"),
       "use at most so many cloze items, of a task without texts");
  return own;
}

sim::StudyOptions study_options_of(const po::variables_map& values) {
  return {.deployment = values["deployment"].as<std::string>(),
          .seeds = count(values, "seeds"),
          .texts = count(values, "texts"),
          .choices = count(values, "choices")};
}

}  // namespace aimc::cli
