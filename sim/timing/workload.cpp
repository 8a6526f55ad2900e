#include "sim/timing/workload.h"

namespace aimc::sim {

std::int64_t InferenceWorkload::prompt_tokens() const {
  std::int64_t sum = 0;
  for (const Request& request : requests) sum += request.prompt_tokens;
  return sum;
}

std::int64_t InferenceWorkload::new_tokens() const {
  std::int64_t sum = 0;
  for (const Request& request : requests) sum += request.new_tokens;
  return sum;
}

}  // namespace aimc::sim
