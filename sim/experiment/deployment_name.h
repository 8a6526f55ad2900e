#pragma once
#include <optional>
#include <string>
#include <vector>

#include "sim/experiment/experiment_spec.h"

namespace aimc::sim {

/// The paper's names (numerics B.3).
[[nodiscard]] std::vector<std::string> deployment_aliases();

/// Fills a deployment from its alias; the reason why it cannot, or nothing. Bits in the name must be the hardware's.
[[nodiscard]] std::optional<std::string> apply_alias(DeploymentSpec& deployment, const HardwareSpec& hardware);

/// The printed name, derived from what is computed: "w16", "si8-w16-hwnoise-o8", "di8-w4",
/// "si8-w16-hwnoise-o8+lm_head-digital".
[[nodiscard]] std::string deployment_name(const DeploymentSpec& deployment, const HardwareSpec& hardware);

/// Which unit computes each linear: the last name pattern that matches, else the deployment's own.
[[nodiscard]] LinearUnit unit_of(const DeploymentSpec& deployment, const std::string& linear_name);

}  // namespace aimc::sim
