#include "sim/timing/job_ranks.h"

namespace aimc::sim {

tiles::JobRank rank_of(Priority priority, Phase phase) {
  if (priority == Priority::first_come) return 0;
  return (priority == Priority::decode_first) == (phase == Phase::decode) ? 0 : 1;
}

tiles::JobOrder order_of(const InferenceWorkload& workload) {
  const bool ranked = workload.priority != Priority::first_come && workload.requests.size() > 1;
  return ranked ? tiles::JobOrder::by_rank : tiles::JobOrder::as_given;
}

}  // namespace aimc::sim
