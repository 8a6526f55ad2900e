#include "sim/timing/prompt_window.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check/error.h"
#include "sim/program/activation_buffers.h"

namespace aimc::sim {
namespace {

constexpr std::int64_t counter_bytes = std::int64_t{1} << 30;

}  // namespace

std::int64_t prompt_window(const Program& program, const Playbook& book, const InferenceWorkload& workload) {
  const std::int64_t held = tokens_that_buffers_hold(program);
  std::int64_t window = std::max<std::int64_t>(
      1, counter_bytes / (static_cast<std::int64_t>(sizeof(std::uint16_t)) * std::ssize(book.steps)));
  const bool whole_prompts =
      std::ranges::any_of(book.gates, [&](StepId step) { return book.steps[step].order == StepOrder::all_tokens; });
  if (!whole_prompts) return std::min(window, held);
  std::int64_t longest = 0;
  for (const Request& request : workload.requests) longest = std::max(longest, request.prompt_tokens);
  if (longest > held)
    throw ConfigError(fmt::format(
        "hardware.digital.buffer_capacity and hardware.attention.buffer_capacity hold {} tokens of {}, whose "
        "attention waits for the whole prompt: shorten workload.prompt_tokens or enlarge the buffers",
        held, program.graph.model_name));
  return std::min(std::max(window, longest), held);
}

}  // namespace aimc::sim
