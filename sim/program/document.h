#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/config/diagnostics.h"
#include "base/config/node.h"

namespace aimc::sim {

/// Reads an experiment file as one tree: the hardware preset it names is put in its place, the energy table that the
/// hardware names likewise, then the overrides. What the experiment says about hardware beside the preset, and every
/// override, is laid over the preset.
config::Node read_experiment_document(const std::filesystem::path& file, const std::vector<std::string>& overrides,
                                      config::Diagnostics& diagnostics);

/// The tree {hardware: ...} of a hardware preset or file alone, with its energy table and the overrides
/// ("hardware.tile.adc.bits=6") in place. Paths are relative to the working directory.
config::Node read_hardware_document(const std::string& name, const std::vector<std::string>& overrides,
                                    config::Diagnostics& diagnostics);

/// The file that a preset name ("hermes-64") or a path stands for; `kind` is the folder under configs/ ("hardware").
/// An empty path and a diagnostic when there is none: it lists the names there are.
std::filesystem::path find_preset(const std::string& name, const std::string& kind,
                                  const std::filesystem::path& relative_to, const config::Origin& origin,
                                  config::Diagnostics& diagnostics);

}  // namespace aimc::sim
