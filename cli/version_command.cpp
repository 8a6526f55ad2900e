#include <fmt/format.h>
#include <dnnl.hpp>

#include "base/check/error.h"
#include "cli/command.h"

namespace aimc::cli {

int version_command(const std::vector<std::string>& arguments) {
  if (!arguments.empty() && (arguments[0] == "--help" || arguments[0] == "-h")) {
    fmt::print(
        "usage: aimcsim version\n\nPrints the version and what it was built with.\n\nexample:\n  aimcsim version\n");
    return 0;
  }
  if (!arguments.empty()) throw ConfigError(fmt::format("version takes no arguments, but got '{}'", arguments[0]));
  const dnnl_version_t* onednn = dnnl_version();
  fmt::print("aimcsim {}\ncompiler {}\noneDNN {}.{}.{}\nSystemC {}\n", AIMC_VERSION, __VERSION__, onednn->major,
             onednn->minor, onednn->patch, AIMC_SYSTEMC_VERSION);
  return 0;
}

}  // namespace aimc::cli
