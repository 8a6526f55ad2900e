#include "tiles/device/cell_device.h"

#include <algorithm>
#include <cstring>

#include "base/check/check.h"
#include "base/parallel/vector_clones.h"

namespace aimc::tiles {
namespace {

AIMC_VECTOR_CLONES void clip(float* held, std::int64_t count, Bounds bounds) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float raised = held[i] < bounds.lowest ? bounds.lowest : held[i];
    held[i] = raised > bounds.highest ? bounds.highest : raised;
  }
}

/// Whether programming ever misses its target.
bool is_exact(const ProgrammingSpec& spec) {
  const auto zero = [](const CurvePiece& piece) {
    return std::all_of(piece.polynomial.begin(), piece.polynomial.end(), [](double c) { return c == 0; }) &&
           !piece.polynomial.empty();
  };
  return !spec.mean && spec.dead_zone == 0 && std::all_of(spec.sigma.pieces.begin(), spec.sigma.pieces.end(), zero);
}

}  // namespace

CellDevice::CellDevice(const DeviceSpec& spec, const DeviceOptions& options)
    : name_(options.model),
      per_tile_(options.per_tile),
      converter_(make_conductance_converter(spec.converter, spec.unit)),
      level_converter_(make_level_converter(spec.converter, spec.unit)),
      bounds_(Bounds::of(spec.limits, spec.converter)) {
  const Effects& on = options.effects;
  if (spec.programming && on.has(Effect::programming_noise) && !is_exact(*spec.programming))
    programming_.emplace(spec, options.programming_scale);
  if (on.has(Effect::drift)) drift_ = make_drift(spec, options.drift_scale);
  if (spec.read_noise && on.has(Effect::read_noise)) read_noise_.emplace(*spec.read_noise, options.read_scale);
  if (on.has(Effect::faults) && spec.faults.stuck_low + spec.faults.stuck_high > 0)
    faults_.emplace(spec.faults, spec.converter);
}

bool CellDevice::is_random() const { return programming_ || drift_ || read_noise_ || faults_; }
bool CellDevice::changes_with_time() const { return drift_ || (read_noise_ && read_noise_->changes_with_time()); }

void CellDevice::check_time(double seconds) const {
  if (drift_) drift_->check_time(seconds);
}

bool CellDevice::acts(double seconds) const {
  return programming_ || (drift_ && seconds > 0) || (read_noise_ && read_noise_->growth(seconds) > 0) || faults_;
}

const float* CellDevice::apply_hooks(CellBlock& block) const {
  const bool drifts = drift_ && block.seconds > 0;
  const bool fluctuates = read_noise_ && read_noise_->growth(block.seconds) > 0;
  const auto bytes = static_cast<std::size_t>(block.count) * sizeof(float);
  if (programming_) {
    programming_->apply(block);
  } else {
    std::memcpy(block.programmed, block.target, bytes);
  }
  if (!drifts && !fluctuates && !faults_) return block.programmed;
  std::memcpy(block.held, block.programmed, bytes);
  if (drifts) drift_->apply(block);
  if (fluctuates) read_noise_->apply(block);
  if (drifts || fluctuates) clip(block.held, block.count, bounds_);
  if (faults_) faults_->apply(block);
  return block.held;
}

void CellDevice::hold(std::span<const float> target, const CellRequest& request, std::span<float> held) const {
  AIMC_CHECK(held.size() == target.size(), "{} weights into {} cells", target.size(), held.size());
  if (!acts(request.seconds)) {
    std::copy(target.begin(), target.end(), held.begin());
    return;
  }
  const bool one_cell = request.coding == CellCoding::one_cell;
  const ConductanceConverter& converter = one_cell ? *level_converter_ : *converter_;
  CellBlock block(request.key);
  block.one_plane = converter.planes() == 1;
  block.seconds = request.seconds;
  block.levels = one_cell;
  block.full_scale = converter.full_scale(request.maximum);
  const auto count = static_cast<std::int64_t>(target.size());
  for (std::int64_t begin = 0; begin < count; begin += cells_per_block) {
    block.first = request.first + static_cast<std::uint64_t>(begin);
    block.count = std::min(cells_per_block, count - begin);
    for (block.plane = 0; block.plane < converter.planes(); ++block.plane) {
      converter.to_cells(block.plane, target.data() + begin, block.count, request.maximum, block.target);
      const float* cells = apply_hooks(block);
      converter.to_weights(block.plane, cells, block.count, request.maximum, held.data() + begin);
    }
  }
}

}  // namespace aimc::tiles
