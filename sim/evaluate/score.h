#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "sim/functional/executor.h"
#include "workloads/tasks/task.h"

namespace aimc::sim {

/// Natural log-likelihoods that one model with one set of programmed weights gives the items of a task.
struct TaskScores {
  std::vector<double> texts;                 ///< [texts] of all tokens after BOS
  std::vector<std::vector<double>> choices;  ///< [items][choices] of the choice after its context
};

/// Items that are scored together in one call: their tokens share the matrix products.
struct ScoringUnit {
  enum class Kind : std::uint8_t { texts, choices };
  Kind kind = Kind::texts;
  std::size_t first = 0, count = 0;  ///< items [first, first + count)
  std::int64_t tokens = 0;           ///< work, for balance
};

/// Cuts a task into units, the largest first; depends on the task and the vocabulary alone, never on the threads.
[[nodiscard]] std::vector<ScoringUnit> scoring_units(const workloads::Task& task, std::int64_t vocabulary);

/// Scores all units, in parallel over units; `done` is called after each unit, from any thread. The same bits for any
/// thread count. Throws Interrupted.
TaskScores score_task(const FunctionalExecutor& executor, const workloads::Task& task,
                      const std::vector<ScoringUnit>& units, const std::function<void()>& done);

}  // namespace aimc::sim
