#include "tiles/sc/digital_unit_module.h"

namespace aimc::tiles {

DigitalUnitModule::DigitalUnitModule(const sc_core::sc_module_name& name, const DigitalSpec& spec, IdlePolicy policy,
                                     MemoryPort& memory, JobListener& listener)
    : SerialUnitModule(name, spec.idle, policy, memory, listener), spec_(spec) {}

void DigitalUnitModule::vector(JobId job, VectorOperation operation, std::int64_t elements,
                               const MemoryTraffic& traffic, JobRank rank) {
  give(job, {vector_time(spec_, operation, elements), Time{}}, traffic, rank);
}

void DigitalUnitModule::matmul(JobId job, std::int64_t macs, const MemoryTraffic& weights, JobRank rank) {
  give(job, {matmul_time(spec_, macs), spec_.matmul_latency}, weights, rank);
}

}  // namespace aimc::tiles
