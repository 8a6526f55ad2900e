#include "sim/timing/playbook.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "base/check/check.h"
#include "base/check/error.h"
#include "sim/program/floor_plan.h"
#include "sim/program/memory_channels.h"
#include "sim/timing/add_routes.h"

namespace aimc::sim {
namespace {

constexpr Index whole_output = -1;

/// One use of a step's output. Slices that arrays take as input are told apart by their first row.
struct Use {
  UnitIndex unit;
  Index slice;
  bool sampled_only;
  StepId user;
  std::int64_t elements;
  int bits;
  [[nodiscard]] auto by_unit() const { return std::tuple(unit, slice, user); }
  [[nodiscard]] auto by_slice() const { return std::tuple(slice, slice != whole_output && sampled_only, unit, user); }
  [[nodiscard]] bool shares_parcel(const Use& o) const { return unit == o.unit && slice == o.slice; }
};

/// Uses of every step's output.
std::vector<std::vector<Use>> collect_uses(const Program& program) {
  std::vector<std::vector<Use>> uses(program.steps.size());
  for (const Step& step : program.steps) {
    const Index slice = step.kind == StepKind::mvm ? program.shards[step.shard].row_begin : whole_output;
    for (const StepInput& input : step.inputs) {
      uses[input.from].push_back(
          {0, slice, step.occurrence == Occurrence::sampled_token, step.id, input.elements, input.bits});
    }
  }
  return uses;
}

/// Fills in the units where a variant's users run; sorts so that uses which share a parcel, or with multicast a packet,
/// are neighbours.
void arrange(const Playbook& book, bool multicast, std::uint32_t variant, std::vector<Use>& uses) {
  for (Use& use : uses) use.unit = book.unit_of(book.steps[use.user], variant);
  if (multicast) {
    std::ranges::sort(uses, {}, &Use::by_slice);
  } else {
    std::ranges::sort(uses, {}, &Use::by_unit);
  }
}

/// Arrays that take the same rows need them once; other users may take different parts of the output, together never
/// more than all of it.
std::int64_t parcel_bits(const Step& from, std::span<const Use> uses) {
  std::int64_t largest = 0, sum = 0;
  int bits = 0;
  for (const Use& use : uses) {
    largest = std::max(largest, use.elements);
    sum += use.elements;
    bits = std::max(bits, use.bits);
  }
  const bool same = uses.front().slice != whole_output;
  return (same ? largest : std::max(largest, std::min(sum, outputs_of(from)))) * bits;
}

void add_parcel(const Step& from, std::uint32_t variant, std::span<const Use> uses, Playbook& book) {
  Parcel parcel;
  parcel.from = from.id;
  parcel.variant = variant;
  parcel.to = uses.front().unit;
  const bool meets = book.steps[uses.front().user].meets_in_network;
  const bool local = parcel.to == book.unit_of(book.steps[from.id], variant) && !meets;
  parcel.carriage = meets ? Carriage::reduction : local ? Carriage::local : Carriage::route;
  parcel.bits = parcel_bits(from, uses);
  parcel.sampled_only = true;
  parcel.users_begin = static_cast<std::uint32_t>(book.users.size());
  StepId previous = from.id;
  for (const Use& use : uses) {
    if (use.user == previous) continue;  // two operands out of one parcel
    previous = use.user;
    PlayStep& user = book.steps[use.user];
    AIMC_CHECK(user.meets_in_network == meets, "step {} goes into a sum and elsewhere", from.id);
    if (variant > 0 || (meets && user.needed == 1)) {
      // Every variant brings the same number of inputs; one delivery brings all partial sums that meet in the network.
    } else if (++user.needed == std::numeric_limits<std::uint16_t>::max()) {
      throw ConfigError(
          "a step gathers more than 65534 pieces: the arrays (hardware.tile) are too small for this model");
    }
    parcel.sampled_only = parcel.sampled_only && user.sampled_only;
    book.users.push_back(use.user);
  }
  parcel.users_end = static_cast<std::uint32_t>(book.users.size());
  book.parcels.push_back(parcel);
  if (!local) book.steps[from.id].leaves = true;
}

std::uint32_t variants_of(const Playbook& book, const PlayStep& step, std::span<const Use> uses) {
  std::uint32_t variants = step.replicas;
  for (const Use& use : uses) variants = std::lcm(variants, book.steps[use.user].replicas);
  return variants;
}

void add_parcels(const Program& program, Playbook& book) {
  std::vector<std::vector<Use>> uses = collect_uses(program);
  for (const Step& step : program.steps) {
    PlayStep& play = book.steps[step.id];
    std::vector<Use>& of_step = uses[step.id];
    play.variants = variants_of(book, play, of_step);
    play.first_variant = static_cast<std::uint32_t>(book.variant_parcels.size());
    for (std::uint32_t variant = 0; variant < play.variants; ++variant) {
      const auto first = static_cast<std::uint32_t>(book.parcels.size());
      arrange(book, program.hardware.network.multicast, variant, of_step);
      for (std::size_t begin = 0, end = 0; begin < of_step.size(); begin = end) {
        while (end < of_step.size() && of_step[end].shares_parcel(of_step[begin])) ++end;
        add_parcel(step, variant, std::span(of_step).subspan(begin, end - begin), book);
      }
      if (variant == 0) {
        play.parcels_begin = first;
        play.parcels_end = static_cast<std::uint32_t>(book.parcels.size());
      }
      if (play.variants > 1) book.variant_parcels.push_back(first);
    }
    if (play.variants > 1) book.variant_parcels.push_back(static_cast<std::uint32_t>(book.parcels.size()));
  }
}

/// The linear whose copies a step runs on; none for steps that do not run on arrays.
const LinearPlacement* replicated(const Program& program, const Step& step) {
  if (step.kind != StepKind::mvm && step.kind != StepKind::accumulate) return nullptr;
  if (step.shard >= program.shards.size()) return nullptr;
  const LinearPlacement* placement = &program.placement(program.shards[step.shard].linear);
  return placement->replicas > 1 ? placement : nullptr;
}

void add_units(const Program& program, Playbook& book) {
  const FloorPlan plan(program.hardware.chip);
  const bool copies =
      program.embedding || std::ranges::any_of(program.linears, [](const auto& linear) { return linear.replicas > 1; });
  std::map<UnitAddress, UnitIndex> index;
  for (const Step& step : program.steps) index.emplace(step.unit, 0);
  if (copies) {
    for (const Shard& shard : program.shards) index.emplace(shard.tile, 0);
  }
  for (auto& [address, position] : index) {
    position = static_cast<UnitIndex>(book.units.size());
    book.units.push_back({address, {address.chip, plan.node_of(address)}});
  }
  for (const Step& step : program.steps) {
    PlayStep& play = book.steps[step.id];
    play.unit = index.at(step.unit);
    const LinearPlacement* linear = copies ? replicated(program, step) : nullptr;
    if (linear == nullptr) continue;
    play.replicas = linear->replicas;
    play.first_copy = static_cast<std::uint32_t>(book.copy_units.size());
    for (std::uint32_t copy = 0; copy < linear->replicas; ++copy) {
      book.copy_units.push_back(index.at(program.shards[step.shard + copy * linear->shard_count].tile));
    }
  }
}

void add_timings(const Program& program, const MvmRepeats& repeats, Playbook& book) {
  constexpr NodeId any_linear = std::numeric_limits<NodeId>::max();
  const tiles::TileSpec& tile = program.hardware.tile;
  std::map<std::tuple<Index, Index, NodeId>, std::uint32_t> mvms;
  std::map<Index, std::uint32_t> accumulates;
  for (const Step& step : program.steps) {
    PlayStep& play = book.steps[step.id];
    if (step.kind == StepKind::mvm) {
      const Shard& shard = program.shards[step.shard];
      const auto next = static_cast<std::uint32_t>(book.mvm_timings.size());
      const NodeId linear = repeats.has(step.node) ? step.node : any_linear;
      const Index rows = program.driven_rows(shard);
      const auto [entry, is_new] = mvms.emplace(std::tuple(rows, shard.columns, linear), next);
      if (is_new) {
        const tiles::MvmTiming once = mvm_timing(tile, rows, shard.columns);
        book.mvm_timings.push_back(
            {repeats.repeated(once, step.node, Phase::prefill), repeats.repeated(once, step.node, Phase::decode)});
      }
      play.detail = entry->second;
    } else if (step.kind == StepKind::accumulate) {
      const auto next = static_cast<std::uint32_t>(book.accumulate_timings.size());
      const auto [entry, is_new] = accumulates.emplace(step.elements, next);
      if (is_new)
        book.accumulate_timings.push_back({accumulate_time(tile, step.elements), send_time(tile, step.elements)});
      play.detail = entry->second;
    } else if (step.kind == StepKind::attention) {
      play.detail = book.attention_steps++;
    }
  }
}

/// A token is finished when it is sampled, so everything it does must lead there.
void check_shape(const Playbook& book) {
  for (StepId id = 0; id < book.steps.size(); ++id) {
    const PlayStep& step = book.steps[id];
    AIMC_CHECK(id == book.sample || step.parcels_begin < step.parcels_end, "nobody uses the result of step {}", id);
    AIMC_CHECK(step.needed > 0 || step.order == StepOrder::free, "step {} has an order but no inputs", id);
    AIMC_CHECK(step.kind != StepKind::accumulate || (step.needed > 0 && step.order == StepOrder::free),
               "step {} cannot accumulate", id);
  }
}

}  // namespace

std::int64_t outputs_of(const Step& step) { return step.elements; }

Playbook make_playbook(const Program& program, const MvmRepeats& repeats) {
  const interconnect::Grid grid = FloorPlan(program.hardware.chip).grid();
  Playbook book(interconnect::RouteTable(program.hardware.network.topology, grid, program.chips));
  book.steps.resize(program.steps.size());
  book.memory_channels = memory_channels(program.hardware, program.chips);
  int samples = 0;
  for (const Step& step : program.steps) {
    PlayStep& play = book.steps[step.id];
    play.kind = step.kind;
    play.sampled_only = step.occurrence == Occurrence::sampled_token;
    play.order = step.order;
    play.node = step.node;
    if (step.order != StepOrder::free) {
      play.gate = static_cast<std::uint32_t>(book.gates.size());
      book.gates.push_back(step.id);
    }
    play.channel = step.channel;
    play.meets_in_network = step.kind == StepKind::accumulate && step.reduction == interconnect::Reduction::in_network;
    if (step.kind == StepKind::vector_operation && step.operation == tiles::VectorOperation::sample) {
      book.sample = step.id;
      ++samples;
    }
  }
  AIMC_CHECK(samples == 1, "a program ends in one sample step, this one has {}", samples);
  add_units(program, book);
  add_timings(program, repeats, book);
  add_parcels(program, book);
  add_routes(program, book);
  for (StepId id = 0; id < book.steps.size(); ++id) {
    if (book.steps[id].needed == 0) book.roots.push_back(id);
  }
  check_shape(book);
  return book;
}

}  // namespace aimc::sim
