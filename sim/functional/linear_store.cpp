#include "sim/functional/linear_store.h"

#include <variant>

#include "base/parallel/parallel.h"
#include "sim/functional/build_linear.h"
#include "sim/functional/embedding_arrays.h"
#include "sim/functional/linear_key.h"

namespace aimc::sim {
namespace {

/// Above this a linear is built alone, with all threads inside it, so that the memory in use is that of one; small ones
/// are built side by side.
constexpr std::int64_t small_weights = std::int64_t{1} << 20;

std::int64_t weights_of(const Program& program, const LinearPlacement& placement) {
  const auto& op = std::get<workloads::LinearOp>(program.graph.node(placement.linear).op);
  return op.out_features * op.in_features;
}

/// What a built linear holds, nearly: fp32, integers of a byte, bf16.
std::int64_t bytes_of(const Program& program, const LinearPlacement& placement, bool in_cells) {
  const std::int64_t weights = weights_of(program, placement);
  switch (placement.unit) {
    case LinearUnit::floating_point:
      return 4 * weights;
    case LinearUnit::digital:
      return program.hardware.digital.weight_bits >= 16 || in_cells ? 4 * weights : weights;
    case LinearUnit::analog:
      return 2 * weights;
  }
  return 0;
}

bool stream_floats(const Program& program, std::int64_t limit) {
  std::int64_t bytes = 0;
  for (const auto& placement : program.linears)
    if (placement.unit == LinearUnit::floating_point) bytes += bytes_of(program, placement, false);
  return bytes > limit;
}

/// Builds the linears at these places of the program, large ones one after another.
void build_all(const LinearBuild& build, const std::vector<std::size_t>& places, bool stream,
               std::vector<std::shared_ptr<const tiles::Linear>>& built) {
  std::vector<std::size_t> small;
  for (const std::size_t place : places) {
    const LinearPlacement& placement = build.program.linears[place];
    if (weights_of(build.program, placement) <= small_weights)
      small.push_back(place);
    else
      built[place] = build_linear(build, placement, stream);
  }
  parallel_for(static_cast<std::int64_t>(small.size()), [&](std::int64_t i) {
    const std::size_t place = small[static_cast<std::size_t>(i)];
    built[place] = build_linear(build, build.program.linears[place], stream);
  });
}

Program all_float(const Program& program) {
  Program copy;
  copy.graph = program.graph;
  copy.hardware = program.hardware;
  copy.linears = program.linears;
  for (auto& placement : copy.linears) placement.unit = LinearUnit::floating_point;
  return copy;
}

}  // namespace

LinearStore::LinearStore(const workloads::WeightSource& weights, std::int64_t keep_bytes)
    : weights_(weights), keep_bytes_(keep_bytes) {}

LinearSet LinearStore::build(const Program& program, const DeploymentNumerics& numerics, const InputRanges& ranges,
                             std::uint64_t seed) {
  const LinearBuild build{program,        weights_, numerics, ranges, device_of(numerics.device, numerics.effects),
                          RandomKey(seed)};
  const bool stream = stream_floats(program, keep_bytes_);
  const std::string tile = tile_text(program.hardware.tile);
  std::vector<std::shared_ptr<const tiles::Linear>> built(program.linears.size());
  std::vector<std::string> keys(built.size());  // empty: another seed changes it
  std::vector<std::size_t> missing;
  for (std::size_t i = 0; i < built.size(); ++i) {
    const LinearPlacement& placement = program.linears[i];
    if (!is_random(placement, program.hardware.tile, build.device.get(), numerics)) {
      keys[i] = linear_key(program, placement, numerics, ranges, tile);
      if (const auto found = kept_.find(keys[i]); found != kept_.end()) built[i] = found->second;
    }
    if (built[i] == nullptr) missing.push_back(i);
  }
  build_all(build, missing, stream, built);
  for (const std::size_t i : missing) {
    const LinearPlacement& placement = program.linears[i];
    const bool holds_nothing = stream && placement.unit == LinearUnit::floating_point && build.device == nullptr;
    const std::int64_t bytes = holds_nothing ? 0 : bytes_of(program, placement, numerics.integers_in_cells);
    if (keys[i].empty() || kept_bytes_ + bytes > keep_bytes_) continue;
    kept_bytes_ += bytes;
    kept_[keys[i]] = built[i];
  }
  LinearSet set;
  if (program.embedding) set[program.embedding->linear] = build_embedding(build, *program.embedding);
  for (std::size_t i = 0; i < built.size(); ++i) set[program.linears[i].linear] = std::move(built[i]);
  return set;
}

LinearSet LinearStore::build_float(const Program& program) { return build(all_float(program), {}, {}, 0); }

}  // namespace aimc::sim
