#include "sim/timing/passes.h"

#include <algorithm>

namespace aimc::sim {

Passes::Passes(const Playbook& book) {
  for (const PlayStep& step : book.steps) {
    needed_.push_back(step.needed);
    every_token_steps_ += step.sampled_only ? 0 : 1;
  }
}

PassId Passes::open(Pass pass) {
  pass.steps_left = pass.sampled ? static_cast<std::uint32_t>(needed_.size()) : every_token_steps_;
  PassId id = static_cast<PassId>(passes_.size());
  if (free_.empty()) {
    passes_.push_back(pass);
    remaining_.push_back(std::make_unique<std::uint16_t[]>(needed_.size()));
  } else {
    id = free_.back();
    free_.pop_back();
    passes_[id] = pass;
  }
  std::ranges::copy(needed_, remaining_[id].get());
  return id;
}

void Passes::close(PassId id) { free_.push_back(id); }

std::vector<PassId> Passes::in_flight() const {
  std::vector<bool> is_free(passes_.size());
  for (const PassId id : free_) is_free[id] = true;
  std::vector<PassId> ids;
  for (PassId id = 0; id < passes_.size(); ++id) {
    if (!is_free[id]) ids.push_back(id);
  }
  return ids;
}

}  // namespace aimc::sim
