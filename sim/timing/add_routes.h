#pragma once
#include "sim/timing/playbook.h"

namespace aimc::sim {

/// Gives every parcel that leaves its unit a way through the network: Playbook::routes, Parcel::way and number, and
/// with multicast Carriage::shared.
void add_routes(const Program& program, Playbook& book);

}  // namespace aimc::sim
