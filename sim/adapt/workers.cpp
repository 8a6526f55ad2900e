#include "sim/adapt/workers.h"

#include <torch/csrc/distributed/c10d/FileStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <optional>

#include "base/check/error.h"

namespace aimc::adapt {
namespace {

constexpr auto patience = std::chrono::minutes(5);
constexpr int default_port = 29500;  // torchrun's

class Alone : public Workers {
 public:
  [[nodiscard]] int rank() const override { return 0; }
  [[nodiscard]] int size() const override { return 1; }
  void add_up(at::Tensor&) override {}
  void meet() override {}
};

class Group : public Workers {
 public:
  explicit Group(c10::intrusive_ptr<c10d::ProcessGroup> group) : group_(std::move(group)) {}
  [[nodiscard]] int rank() const override { return group_->getRank(); }
  [[nodiscard]] int size() const override { return group_->getSize(); }
  void add_up(at::Tensor& tensor) override {
    std::vector<at::Tensor> tensors{tensor};
    finish([&] { group_->allreduce(tensors)->wait(); });
  }
  void meet() override {
    finish([&] { group_->barrier()->wait(); });
  }

 private:
  template <class Work>
  void finish(const Work& work) {
    try {
      work();
    } catch (const std::exception& error) {
      throw InputError(
          fmt::format("process {} of {}: another process is lost ({}); the last checkpoint is whole: start "
                      "all processes again to go on from it",
                      rank(), size(), error.what()));
    }
  }
  c10::intrusive_ptr<c10d::ProcessGroup> group_;
};

std::optional<int> number(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr) return {};
  char* end = nullptr;
  const long value = std::strtol(text, &end, 10);
  if (end == text || *end != '\0' || value < 0)
    throw ConfigError(fmt::format("{}={}: the environment names no number there", name, text));
  return static_cast<int>(value);
}

struct Place {
  int rank = 0, size = 1;
};

Place place() {
  constexpr const char* names[][2] = {{"RANK", "WORLD_SIZE"},
                                      {"SLURM_PROCID", "SLURM_NTASKS"},
                                      {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
                                      {"PMI_RANK", "PMI_SIZE"}};
  for (const auto& [rank_name, size_name] : names) {
    const auto rank = number(rank_name), size = number(size_name);
    if (!rank || !size) continue;
    if (*size < 1 || *rank >= *size)
      throw ConfigError(fmt::format("{}={}, {}={}: the rank is not below the number of processes", rank_name, *rank,
                                    size_name, *size));
    return {*rank, *size};
  }
  return {};
}

}  // namespace

std::unique_ptr<Workers> join_workers(const at::Device& device) {
  const Place here = place();
  if (here.size == 1) return std::make_unique<Alone>();
  const char* host = std::getenv("MASTER_ADDR");
  if (host == nullptr)
    throw ConfigError(
        fmt::format("{} processes, but MASTER_ADDR is not set: name the host of process 0 "
                    "(127.0.0.1 when all are on one machine) and a free MASTER_PORT",
                    here.size));
  try {
    c10d::TCPStoreOptions options;
    options.port = static_cast<std::uint16_t>(number("MASTER_PORT").value_or(default_port));
    options.isServer = here.rank == 0;
    options.numWorkers = static_cast<std::size_t>(here.size);
    options.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(patience);
    auto store = c10::make_intrusive<c10d::TCPStore>(host, options);
    (void)device;
    auto gloo = c10d::ProcessGroupGloo::Options::create();
    gloo->timeout = options.timeout;
    gloo->devices.push_back(c10d::ProcessGroupGloo::createDefaultDevice());
    return std::make_unique<Group>(c10::make_intrusive<c10d::ProcessGroupGloo>(store, here.rank, here.size, gloo));
  } catch (const std::exception& error) {
    throw InputError(
        fmt::format("process {} of {}: the others at {} were not met: {}", here.rank, here.size, host, error.what()));
  }
}

void add_up(Workers& workers, std::vector<at::Tensor>& tensors) {
  if (workers.size() == 1 || tensors.empty()) return;
  std::vector<at::Tensor> flat;
  for (const at::Tensor& tensor : tensors) flat.push_back(tensor.reshape({-1}));
  at::Tensor joined = at::cat(flat);
  workers.add_up(joined);
  std::int64_t first = 0;
  for (at::Tensor& tensor : tensors) {
    tensor.copy_(joined.narrow(0, first, tensor.numel()).reshape(tensor.sizes()));
    first += tensor.numel();
  }
}

}  // namespace aimc::adapt
