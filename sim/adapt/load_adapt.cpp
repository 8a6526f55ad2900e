#include <fmt/format.h>

#include "base/config/origin_at.h"
#include "sim/adapt/adapt_schema.h"
#include "sim/adapt/adapt_spec.h"
#include "sim/program/document.h"

namespace aimc::adapt {
namespace {

namespace fs = std::filesystem;
using config::Diagnostics;
using config::Node;

void check_file(const fs::path& path, const std::string& key, const Node& root, Diagnostics& diagnostics) {
  if (path.empty() || fs::exists(path)) return;
  diagnostics.error(config::origin_at(root, key), key, fmt::format("there is no file '{}'", path.string()));
}

/// The resolved file stands in another folder than the one that was read.
void make_absolute(AdaptSpec& spec) {
  std::vector<fs::path*> paths{&spec.model.path, &spec.data.tokens};
  if (spec.teacher) paths.push_back(&spec.teacher->path);
  if (spec.evaluation) paths.push_back(&spec.evaluation->experiment);
  for (fs::path* path : paths)
    if (!path->empty()) *path = fs::absolute(*path).lexically_normal();
}

// The energy table is priced, not trained.
void drop_energy(Node& root) {
  Node* hardware = root.find("hardware");
  if (hardware != nullptr && hardware->kind == Node::Kind::map)
    std::erase_if(hardware->entries, [](const auto& entry) { return entry.first == "energy"; });
}

}  // namespace

std::string resolved(const AdaptSpec& spec) { return config::to_yaml(adapt_schema().to_node(spec)); }

AdaptSpec load_adapt(const fs::path& file, const std::vector<std::string>& overrides) {
  Diagnostics diagnostics;
  Node root = sim::read_experiment_document(file, overrides, diagnostics);
  if (root.kind != Node::Kind::map && diagnostics.ok())
    diagnostics.error({file.string(), 0}, "", "an adaptation is a mapping with model, data, steps ...");
  if (root.kind != Node::Kind::map) diagnostics.throw_if_any();
  drop_energy(root);
  AdaptSpec spec;
  config::ProvenanceTable provenance;
  config::ParseContext context{diagnostics, provenance};
  adapt_schema().parse(root, "", spec, context);
  if (spec.name.empty()) spec.name = file.stem().string();
  make_absolute(spec);
  check_file(spec.model.path, "model.path", root, diagnostics);
  if (spec.teacher) check_file(spec.teacher->path, "teacher.path", root, diagnostics);
  check_file(spec.data.tokens, "data.tokens", root, diagnostics);
  if (spec.evaluation) check_file(spec.evaluation->experiment, "evaluation.experiment", root, diagnostics);
  diagnostics.throw_if_any();
  spec.resolved_yaml = resolved(spec);
  return spec;
}

}  // namespace aimc::adapt
