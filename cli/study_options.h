#pragma once
#include <boost/program_options.hpp>

#include "sim/experiment/study.h"

namespace aimc::cli {

/// --deployment, --seeds, --texts, --choices, as the verbs that study one deployment take them.
[[nodiscard]] boost::program_options::options_description study_options();
/// Throws ConfigError for a number below 1.
[[nodiscard]] sim::StudyOptions study_options_of(const boost::program_options::variables_map& values);

}  // namespace aimc::cli
