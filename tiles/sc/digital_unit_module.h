#pragma once
#include "tiles/sc/serial_unit_module.h"
#include "tiles/spec/digital_spec.h"

namespace aimc::tiles {

/// The vector unit in time: norms, rotary embedding, activation, additions, quantisation, sampling, digital products.
class DigitalUnitModule : public SerialUnitModule {
 public:
  DigitalUnitModule(const sc_core::sc_module_name& name, const DigitalSpec& spec, IdlePolicy policy, MemoryPort& memory,
                    JobListener& listener);

  /// One vector operation; `traffic` for an embedding row.
  void vector(JobId job, VectorOperation operation, std::int64_t elements, const MemoryTraffic& traffic,
              JobRank rank = 0);
  /// A matrix product whose weights stream from memory.
  void matmul(JobId job, std::int64_t macs, const MemoryTraffic& weights, JobRank rank = 0);

 private:
  const DigitalSpec spec_;
};

}  // namespace aimc::tiles
