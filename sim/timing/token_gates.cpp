#include "sim/timing/token_gates.h"

namespace aimc::sim {

void TokenGates::open(PassId id, const Pass& pass, std::uint16_t* remaining) {
  if (pass.phase != Phase::prefill) return;  // all tokens before it have been sampled
  State& state = states_[pass.request];
  if (state.tokens.empty()) {
    state.tokens.resize(book_.gates.size());
    state.passes.resize(static_cast<std::size_t>(requests_[pass.request].prompt_tokens));
  }
  state.passes[static_cast<std::size_t>(pass.token)] = id;
  state.opened = pass.token + 1;
  for (std::size_t gate = 0; gate < book_.gates.size(); ++gate) {
    const StepId step = book_.gates[gate];
    const bool closed = book_.steps[step].order == StepOrder::all_tokens || state.tokens[gate] < pass.token;
    remaining[step] += closed ? 1 : 0;
  }
}

std::span<const PassId> TokenGates::done(StepId step, const Pass& pass) {
  State& state = states_[pass.request];
  if (pass.phase != Phase::prefill) return {};
  state.tokens[book_.steps[step].gate] = pass.token + 1;
  if (pass.token + 1 >= state.opened) return {};
  return std::span(state.passes).subspan(static_cast<std::size_t>(pass.token) + 1, 1);
}

std::span<const PassId> TokenGates::complete(StepId step, const Pass& pass) {
  State& state = states_[pass.request];
  if (++state.tokens[book_.steps[step].gate] < requests_[pass.request].prompt_tokens) return {};
  return state.passes;
}

}  // namespace aimc::sim
