#include "sim/adapt/workers.h"

#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>  // empty without USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <limits>
#include <thread>

#include "base/check/error.h"
#include "base/parallel/interrupt.h"
#include "sim/adapt/environment_number.h"
#include "sim/adapt/process_place.h"

namespace aimc::adapt {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr int default_port = 29500;  // torchrun's

/// Without the stack that libtorch adds to it.
std::string message_of(const std::exception& error) {
  const auto* own = dynamic_cast<const c10::Error*>(&error);
  return own != nullptr ? own->what_without_backtrace() : error.what();
}

class Alone : public Workers {
 public:
  [[nodiscard]] int rank() const override { return 0; }
  [[nodiscard]] int size() const override { return 1; }
  void add_up(at::Tensor&) override {}
  void wait_for_first(const std::string&) override {}
};

/// Processes that one of c10d's back ends joins; its messages travel from `device`.
template <class Backend>
class Group : public Workers {
 public:
  Group(c10::intrusive_ptr<Backend> backend, c10::intrusive_ptr<c10d::TCPStore> store, const at::Device& device)
      : backend_(std::move(backend)), store_(std::move(store)), device_(device) {}
  [[nodiscard]] int rank() const override { return backend_->getRank(); }
  [[nodiscard]] int size() const override { return backend_->getSize(); }
  void add_up(at::Tensor& tensor) override {
    try {
      std::vector<at::Tensor> there{tensor.to(device_)};
      backend_->allreduce(there)->wait();
      if (there.front().device() != tensor.device()) tensor.copy_(there.front());
    } catch (const std::exception& error) {
      throw lost(error);
    }
  }
  void wait_for_first(const std::string& occasion) override {
    try {
      if (rank() == 0) store_->set(occasion, std::vector<std::uint8_t>{1});
      while (!store_->check({occasion})) {
        throw_if_interrupted();
        std::this_thread::sleep_for(milliseconds(100));
      }
    } catch (const Interrupted&) {
      throw;
    } catch (const std::exception& error) {
      throw lost(error);
    }
  }

 private:
  [[nodiscard]] InputError lost(const std::exception& error) const {
    return InputError(
        fmt::format("process {} of {}: another process is lost; what was saved is whole, and the same command for all "
                    "goes on from there ({})",
                    rank(), size(), message_of(error)));
  }

  c10::intrusive_ptr<Backend> backend_;
  c10::intrusive_ptr<c10d::TCPStore> store_;
  at::Device device_;
};

std::uint16_t port() {
  const int number = environment_number("MASTER_PORT").value_or(default_port);
  if (number < 1 || number > std::numeric_limits<std::uint16_t>::max())
    throw ConfigError(fmt::format("MASTER_PORT={}: ports are 1 to 65535", number));
  return static_cast<std::uint16_t>(number);
}

/// The store that process 0 keeps. A client looks for it again and again, so that an interrupt is heard meanwhile.
c10::intrusive_ptr<c10d::TCPStore> find_store(const std::string& host, const ProcessPlace& here, milliseconds patience,
                                              Clock::time_point end) {
  c10d::TCPStoreOptions options;
  options.port = port();
  options.isServer = here.rank == 0;
  options.numWorkers = static_cast<std::size_t>(here.size);
  options.waitWorkers = false;  // wait_for_all does
  options.timeout = here.rank == 0 ? patience : milliseconds(std::chrono::seconds(5));
  while (true) {
    throw_if_interrupted();
    try {
      return c10::make_intrusive<c10d::TCPStore>(host, options);
    } catch (const std::exception&) {
      if (here.rank == 0 || Clock::now() > end) throw;  // process 0: the port is taken
    }
    std::this_thread::sleep_for(milliseconds(200));  // a host without a name fails at once
  }
}

void wait_for_all(c10d::TCPStore& store, const ProcessPlace& here, milliseconds patience, Clock::time_point end) {
  std::int64_t there = store.add("arrived", 1);
  while (there < here.size) {
    throw_if_interrupted();
    if (Clock::now() > end)
      throw std::runtime_error(
          fmt::format("{} of {} came within {} seconds", there, here.size, patience.count() / 1000));
    std::this_thread::sleep_for(milliseconds(50));
    there = store.add("arrived", 0);
  }
}

c10::intrusive_ptr<c10d::TCPStore> meeting_point(const std::string& host, const ProcessPlace& here,
                                                 milliseconds patience) {
  if (here.rank == 0)
    fmt::print(stderr, "adapt: waiting for {} more process(es) at {}:{}\n", here.size - 1, host, port());
  const Clock::time_point end = Clock::now() + patience;
  const auto store = find_store(host, here, patience, end);
  store->setTimeout(patience);
  wait_for_all(*store, here, patience, end);
  return store;
}

/// gloo carries what lies in the machine's memory, from wherever the tensors are. Left to itself it listens where the
/// machine's name leads, which may be an address that other machines cannot reach.
std::unique_ptr<Workers> join_by_gloo(const std::string& host, const ProcessPlace& here, milliseconds patience) {
  using Backend = c10d::ProcessGroupGloo;
  auto options = Backend::Options::create();
  options->timeout = patience;
  const char* interface = std::getenv("GLOO_SOCKET_IFNAME");
  options->devices.push_back(interface != nullptr ? Backend::createDeviceForInterface(interface)
                                                  : Backend::createDefaultDevice());
  const auto store = meeting_point(host, here, patience);
  return std::make_unique<Group<Backend>>(c10::make_intrusive<Backend>(store, here.rank, here.size, options), store,
                                          at::kCPU);
}

#ifdef USE_C10D_NCCL
std::unique_ptr<Workers> join_by_nccl(const std::string& host, const ProcessPlace& here, const at::Device& device,
                                      milliseconds patience) {
  using Backend = c10d::ProcessGroupNCCL;
  auto options = Backend::Options::create();
  options->timeout = patience;
  const auto store = meeting_point(host, here, patience);
  return std::make_unique<Group<Backend>>(c10::make_intrusive<Backend>(store, here.rank, here.size, options), store,
                                          device);
}
#endif

}  // namespace

void Workers::meet() {
  at::Tensor one = at::ones({1});
  add_up(one);
}

bool Workers::any(bool here) {
  at::Tensor sum = at::full({1}, here ? 1.0 : 0.0);
  add_up(sum);
  return sum.item<float>() > 0;
}

std::unique_ptr<Workers> join_workers([[maybe_unused]] const at::Device& device, const ProcessPlace& here,
                                      std::chrono::seconds patience) {
  if (here.size == 1) return std::make_unique<Alone>();
  const char* host = std::getenv("MASTER_ADDR");
  if (host == nullptr)
    throw ConfigError(
        fmt::format("{} processes, but MASTER_ADDR is not set: name the host of process 0 "
                    "(127.0.0.1 when all are on one machine) and a free MASTER_PORT",
                    here.size));
  try {
#ifdef USE_C10D_NCCL
    if (device.is_cuda()) return join_by_nccl(host, here, device, patience);
#endif
    return join_by_gloo(host, here, patience);
  } catch (const ConfigError&) {
    throw;
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception& error) {
    throw InputError(fmt::format("process {} of {}: the others at {} were not met: {}", here.rank, here.size, host,
                                 message_of(error)));
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
