#include "tiles/spec/digital_spec.h"

#include "base/check/check.h"

namespace aimc::tiles {

const OperationCost& DigitalSpec::cost(VectorOperation operation) const {
  switch (operation) {
    case VectorOperation::rms_norm:
      return rms_norm;
    case VectorOperation::rope:
      return rope;
    case VectorOperation::swiglu:
      return swiglu;
    case VectorOperation::add:
      return add;
    case VectorOperation::quantize:
      return quantize;
    case VectorOperation::range_maximum:
      return range_maximum;
    case VectorOperation::embed:
      return embed;
    case VectorOperation::sample:
      return sample;
  }
  AIMC_CHECK(false, "no such vector operation: {}", static_cast<int>(operation));
  return add;
}

Time vector_time(const DigitalSpec& spec, VectorOperation operation, std::int64_t elements) {
  const OperationCost& cost = spec.cost(operation);
  if (spec.lanes == 0) return cost.latency;
  const std::int64_t cycles = (elements * cost.operations + spec.lanes - 1) / spec.lanes;
  return cost.latency + Time::from_seconds(static_cast<double>(cycles) / spec.clock.si());
}

Time matmul_time(const DigitalSpec& spec, std::int64_t macs) {
  AIMC_CHECK(spec.macs_per_cycle > 0, "a digital matrix product needs MACs; the mapper checks this");
  const std::int64_t cycles = (macs + spec.macs_per_cycle - 1) / spec.macs_per_cycle;
  return Time::from_seconds(static_cast<double>(cycles) / spec.clock.si());
}

std::string_view name(VectorOperation operation) {
  switch (operation) {
    case VectorOperation::rms_norm:
      return "rms_norm";
    case VectorOperation::rope:
      return "rope";
    case VectorOperation::swiglu:
      return "swiglu";
    case VectorOperation::add:
      return "add";
    case VectorOperation::quantize:
      return "quantize";
    case VectorOperation::range_maximum:
      return "range_maximum";
    case VectorOperation::embed:
      return "embed";
    case VectorOperation::sample:
      return "sample";
  }
  AIMC_CHECK(false, "no such vector operation: {}", static_cast<int>(operation));
  return {};
}

}  // namespace aimc::tiles
