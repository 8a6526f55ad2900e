#pragma once
#include <boost/program_options.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sim/experiment/experiment_spec.h"

namespace aimc::cli {

/// What every verb that takes an experiment accepts.
struct ExperimentArguments {
  std::filesystem::path file;
  std::vector<std::string> assignments;          ///< --set
  std::string out;                               ///< --out
  bool json = false;                             ///< --json
  boost::program_options::variables_map values;  ///< the verb's own options
};

/// The text a verb's --help prints around its options.
struct VerbHelp {
  std::string usage;  ///< "aimcsim run EXPERIMENT.yaml [options]"
  std::string purpose;
  std::string example;
  bool writes = false;  ///< takes --out
  bool json = false;    ///< takes --json
};

/// Parses the arguments of a verb, applies --threads and --seed. Nothing when --help was asked for (and printed).
/// Throws ConfigError for an unknown option, naming the nearest verbs' help.
std::optional<ExperimentArguments> parse_experiment_arguments(
    const std::vector<std::string>& arguments, const VerbHelp& help,
    const boost::program_options::options_description& own = {});

/// Parses options of a verb that takes no experiment; `own` are all of them but --help. A "threads" among them is
/// applied. Arguments without an option's name are those of `positional` (a list of strings), which --help does not
/// show; without one there are none. Nothing when --help was asked for (and printed). Throws ConfigError.
std::optional<boost::program_options::variables_map> parse_options(
    const std::vector<std::string>& arguments, const VerbHelp& help,
    const boost::program_options::options_description& own, const char* positional = nullptr);

}  // namespace aimc::cli
