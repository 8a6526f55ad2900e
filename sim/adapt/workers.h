#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "sim/adapt/process_place.h"
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
  /// Waits until process 0 has come here, however long that takes; `occasion` tells one such place from another. Throws
  /// Interrupted.
  virtual void wait_for_first(const std::string& occasion) = 0;
  /// Waits for all.
  void meet();
  /// Whether this is so on any process; the same answer on all of them.
  [[nodiscard]] bool any(bool here);
};

/// Joins the others as process `here`, at MASTER_ADDR and MASTER_PORT: GPUs by NCCL where the build has it, all else by
/// gloo (over GLOO_SOCKET_IFNAME, if set). `patience`: how long a process waits for another, at the start and in every
/// sum. Throws ConfigError for variables that make no sense, InputError when the others do not come.
std::unique_ptr<Workers> join_workers(const at::Device& device, const ProcessPlace& here = process_place(),
                                      std::chrono::seconds patience = std::chrono::minutes(5));

/// Adds tensors up in one message.
void add_up(Workers& workers, std::vector<at::Tensor>& tensors);

}  // namespace aimc::adapt
