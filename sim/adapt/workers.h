#pragma once
#include <memory>
#include <string>
#include <vector>

#include "sim/adapt/torch.h"

namespace aimc::adapt {

/// The processes that train one model together, each on its share of every step's sequences.
class Workers {
 public:
  virtual ~Workers() = default;
  /// This process's number, counted from 0, and how many there are.
  [[nodiscard]] virtual int rank() const = 0;
  [[nodiscard]] virtual int size() const = 0;
  /// Replaces the tensor by the sum over all processes; the same bits on all of them. Throws InputError when a process
  /// is lost.
  virtual void add_up(at::Tensor& tensor) = 0;
  /// Waits for all.
  virtual void meet() = 0;
  /// Waits until process 0 has come here, however long that takes; `occasion` tells one such place from another.
  virtual void wait_for_first(const std::string& occasion) = 0;
};

/// Joins the processes of process_place.h: GPUs by NCCL where the build has it, all else by gloo. Throws ConfigError
/// for variables that make no sense, InputError when the others do not come.
std::unique_ptr<Workers> join_workers(const at::Device& device);

/// Adds tensors up in one message.
void add_up(Workers& workers, std::vector<at::Tensor>& tensors);

}  // namespace aimc::adapt
