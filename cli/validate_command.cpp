#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "base/check/error.h"
#include "cli/command.h"
#include "cli/options.h"
#include "sim/validate/load_points.h"
#include "sim/validate/run_points.h"
#include "sim/validate/validation_report.h"

namespace aimc::cli {
namespace po = boost::program_options;

namespace {

const VerbHelp help{"aimcsim validate [options]",
                    "Compares the simulator with published silicon, component tables, IBM's 3D-SiM and closed\n"
                    "forms: configuration, expected, simulated, deviation, and whether a point is calibrated\n"
                    "(reproduces its own input), a roll-up, independent, or a closed form. The points are\n"
                    "configs/validation/*.yaml; what they mean is in docs/validation.md. Exit code 1 when a\n"
                    "figure is outside its tolerance.",
                    "aimcsim validate --point V3 --point V13"};

}  // namespace

int validate_command(const std::vector<std::string>& arguments) {
  // A child of ourselves, for one measurement; see run_points.h.
  if (arguments.size() == 2 && arguments[0] == "--measure") {
    std::cout << sim::measure_as_json(sim::load_points(sim::validation_folder()), arguments[1]) << "\n";
    return 0;
  }
  po::options_description own("Options", 79, 44);
  own.add_options()("point", po::value<std::vector<std::string>>()->composing()->value_name("ID"),
                    "only this point (repeatable)")("list", po::bool_switch(), "list the points and their sources")(
      "threads", po::value<int>()->value_name("N"), "measurements at a time (default: all cores)")(
      "json", po::bool_switch(), "print JSON on stdout instead of the table");
  const auto values = parse_options(arguments, help, own);
  if (!values) return 0;
  const std::vector<sim::ValidationFile> files = sim::load_points(sim::validation_folder());
  if ((*values)["list"].as<bool>()) {
    std::cout << sim::validation_list(files);
    return 0;
  }
  std::vector<std::string> ids;
  if (values->count("point") > 0) ids = (*values)["point"].as<std::vector<std::string>>();
  const std::vector<sim::PointResult> results = sim::run_points(files, ids);
  std::cout << ((*values)["json"].as<bool>() ? sim::validation_json(results) : sim::validation_table(results));
  return std::ranges::all_of(results, &sim::PointResult::passed) ? 0 : 1;
}

}  // namespace aimc::cli
