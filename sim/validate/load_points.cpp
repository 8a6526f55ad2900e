#include "sim/validate/load_points.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "base/check/error.h"
#include "sim/validate/point_schema.h"

namespace aimc::sim {
namespace {

namespace fs = std::filesystem;
using config::Diagnostics;

class NameCheck {
 public:
  NameCheck(const fs::path& file, Diagnostics& diagnostics) : origin_{file.string(), 0}, diagnostics_(diagnostics) {}

  void check(const ValidationFile& content, std::set<std::string>& ids) {
    std::set<std::string> known;
    for (const Assembly& assembly : content.assemblies) {
      for (const AssemblyPart& part : assembly.parts) require(known, part.assembly, "assemblies");
      if (!known.insert(assembly.name).second) complain("assemblies", assembly.name + " is described twice");
    }
    for (const ValidationPoint& point : content.points) {
      if (!ids.insert(point.id).second) complain("points", "there are two points " + point.id);
      for (const ValidationCase& one : point.cases) {
        if (!one.roll_up && one.hardware.empty())
          complain(point.id, fmt::format("case '{}': name a hardware preset or file", one.name));
        if (one.tile) require(known, one.tile->assembly, point.id);
        if (one.roll_up) require(known, one.roll_up->assembly, point.id);
        if (one.roll_up) require(known, one.roll_up->tile, point.id);
      }
    }
  }

 private:
  void require(const std::set<std::string>& known, const std::string& assembly, const std::string& key) {
    if (!assembly.empty() && !known.contains(assembly))
      complain(key, fmt::format("there is no assembly '{}' before it", assembly));
  }
  void complain(const std::string& key, const std::string& text) { diagnostics_.error(origin_, key, text); }

  config::Origin origin_;
  Diagnostics& diagnostics_;
};

/// Hardware and overrides of a point hold for its cases.
void inherit(ValidationFile& content) {
  for (ValidationPoint& point : content.points) {
    for (ValidationCase& one : point.cases) {
      if (one.roll_up) continue;
      if (one.hardware.empty()) one.hardware = point.hardware;
      one.set.insert(one.set.begin(), point.set.begin(), point.set.end());
    }
  }
}

}  // namespace

fs::path validation_folder() {
  if (const char* own = std::getenv("AIMCSIM_CONFIGS"))
    if (fs::is_directory(fs::path(own) / "validation")) return fs::path(own) / "validation";
  return fs::path(AIMC_CONFIG_DIR) / "validation";
}

std::vector<ValidationFile> load_points(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  if (files.empty())
    throw ConfigError(
        fmt::format("{}: no validation points (*.yaml) there; give a folder like configs/validation", folder.string()));
  std::ranges::sort(files);
  Diagnostics diagnostics;
  config::ProvenanceTable provenance;
  config::ParseContext context{diagnostics, provenance};
  std::vector<ValidationFile> contents;
  std::set<std::string> ids;
  for (const fs::path& file : files) {
    const config::Node root = config::read_yaml_file(file, diagnostics);
    validation_schema().parse(root, "", contents.emplace_back(), context);
    inherit(contents.back());
    NameCheck(file, diagnostics).check(contents.back(), ids);
  }
  diagnostics.throw_if_any();
  return contents;
}

}  // namespace aimc::sim
