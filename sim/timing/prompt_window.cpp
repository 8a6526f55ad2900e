#include "sim/timing/prompt_window.h"

#include <algorithm>

namespace aimc::sim {
namespace {

constexpr std::int64_t counter_bytes = std::int64_t{1} << 30;

}  // namespace

std::int64_t prompt_window(const Playbook& book, const InferenceWorkload& workload) {
  std::int64_t window = std::max<std::int64_t>(
      1, counter_bytes / (static_cast<std::int64_t>(sizeof(std::uint16_t)) * std::ssize(book.steps)));
  const bool whole_prompts =
      std::ranges::any_of(book.gates, [&](StepId step) { return book.steps[step].order == StepOrder::all_tokens; });
  if (!whole_prompts) return window;
  for (const Request& request : workload.requests) window = std::max(window, request.prompt_tokens);
  return window;
}

}  // namespace aimc::sim
