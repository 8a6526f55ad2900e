#include <algorithm>
#include <numeric>

#include "sim/mapping/chip_count.h"
#include "sim/mapping/partition.h"
#include "sim/mapping/strategies.h"

namespace aimc::sim {
namespace {

/// Consecutive layers between two layers that are larger than a chip, or one such layer.
struct Segment {
  std::size_t begin = 0, end = 0;  ///< layer groups
  std::uint32_t chips = 1;
  std::int64_t before = 0;  ///< arrays of a large layer that lie on the last chip of the segment before
};

std::vector<Segment> find_segments(std::span<const std::int64_t> sizes, std::int64_t chip) {
  std::vector<Segment> segments;
  for (std::size_t group = 0; group < sizes.size(); ++group) {
    const bool large = sizes[group] > chip;
    if (large || segments.empty() || sizes[segments.back().begin] > chip) segments.push_back({group, group, 1});
    segments.back().end = group + 1;
    if (large) segments.back().chips = static_cast<std::uint32_t>((sizes[group] + chip - 1) / chip);
  }
  for (Segment& segment : segments)
    if (sizes[segment.begin] <= chip)
      segment.chips =
          static_cast<std::uint32_t>(parts_needed(sizes.subspan(segment.begin, segment.end - segment.begin), chip));
  return segments;
}

/// Chips beyond those needed go, one by one, to the segment whose chips hold the most layers' weights each.
void deal_spare_chips(std::vector<Segment>& segments, std::span<const std::int64_t> sizes, std::int64_t spare) {
  for (; spare > 0; --spare) {
    Segment* fullest = nullptr;
    double most = 0;
    for (Segment& segment : segments) {
      if (segment.end - segment.begin <= segment.chips) continue;
      double arrays = 0;
      for (std::size_t group = segment.begin; group < segment.end; ++group) arrays += static_cast<double>(sizes[group]);
      if (arrays / segment.chips > most) {
        most = arrays / segment.chips;
        fullest = &segment;
      }
    }
    if (fullest == nullptr) return;
    ++fullest->chips;
  }
}

/// Arrays that stay free on the last chip of a segment.
std::int64_t free_at_end(const Segment& segment, std::span<const std::int64_t> sizes, std::int64_t chip) {
  const auto own = sizes.subspan(segment.begin, segment.end - segment.begin);
  if (own.size() == 1) return segment.chips * chip - (own.front() - segment.before);
  const std::size_t last = balanced_parts(own, segment.chips).back();
  return chip - std::accumulate(own.begin() + static_cast<std::ptrdiff_t>(last), own.end(), std::int64_t{0});
}

/// Lets layers larger than a chip begin in the free tiles of the chip before where that saves a chip, at most `most`
/// times; only where all arrays of a tile work at the same time, as a free tier would take turns with the layers there.
std::int64_t share_chips(std::vector<Segment>& segments, std::span<const std::int64_t> sizes, std::int64_t chip,
                         std::int64_t most) {
  std::int64_t saved = 0;
  for (std::size_t i = 1; i < segments.size() && saved < most; ++i) {
    Segment& segment = segments[i];
    const std::int64_t arrays = sizes[segment.begin], free = free_at_end(segments[i - 1], sizes, chip);
    const std::int64_t needed = (arrays - free + chip - 1) / chip;
    if (arrays <= chip || needed >= segment.chips) continue;
    segment.before = free;
    segment.chips = static_cast<std::uint32_t>(needed);
    ++saved;
  }
  return saved;
}

/// Lays each layer group [begin, end) of a segment on its chip or chips.
void lay(const Segment& segment, std::span<const std::int64_t> sizes, std::vector<std::vector<Shard*>>& shards_of,
         const HardwareSpec& hardware, std::uint32_t first_chip, std::vector<std::uint32_t>& home) {
  if (segment.before > 0) {
    home[segment.begin] = first_chip - 1;
    const std::span<Shard* const> shards = shards_of[segment.begin];
    fill_tiles_from(shards, hardware, first_chip - 1, arrays_of_chip(hardware) - segment.before);
    return;
  }
  const std::size_t count = segment.end - segment.begin;
  const bool stages = count > 1 || segment.chips == 1;
  const std::vector<std::size_t> begins =
      stages ? balanced_parts(sizes.subspan(segment.begin, count), segment.chips) : std::vector<std::size_t>{0};
  for (std::size_t part = 0; part < begins.size(); ++part) {
    const std::uint32_t chip = first_chip + static_cast<std::uint32_t>(part);
    const std::size_t begin = segment.begin + begins[part];
    const std::size_t end = part + 1 < begins.size() ? segment.begin + begins[part + 1] : segment.end;
    std::vector<Shard*> shards;
    for (std::size_t group = begin; group < end; ++group) {
      shards.insert(shards.end(), shards_of[group].begin(), shards_of[group].end());
      home[group] = chip;
    }
    fill_tiles(shards, hardware, chip, stages ? 1 : segment.chips);
  }
}

}  // namespace

void place_pipeline(Placement& placement, const LayerGroups& groups, const HardwareSpec& hardware,
                    const std::string& model) {
  // An embedding in arrays comes before the layers, as a group of its own that needs no home.
  const std::size_t before = placement.embedding ? 1 : 0;
  std::vector<std::vector<Shard*>> shards_of(groups.count + before);
  for (Shard* shard : laying_order(placement)) {
    const bool table = placement.embedding && shard->linear == placement.embedding->linear;
    shards_of[table ? 0 : groups.group[shard->linear] + before].push_back(shard);
  }
  std::vector<std::int64_t> sizes;
  for (const auto& shards : shards_of) sizes.push_back(std::ssize(shards));
  const bool digital = placement.shards.empty();
  if (digital) std::ranges::fill(sizes, 1);
  std::vector<Segment> segments =
      digital ? std::vector<Segment>{{0, sizes.size(), 1}} : find_segments(sizes, arrays_of_chip(hardware));
  std::int64_t chips = 0;
  for (const Segment& segment : segments) chips += segment.chips;
  const std::int64_t given = hardware.chip.chips;  // 0: as many as needed, and no more
  if (!digital && hardware.tile.tiers == 1 && given < chips)
    chips -= share_chips(segments, sizes, arrays_of_chip(hardware), chips - given);
  check_it_fits(std::ssize(placement.shards), chips, hardware, model);
  if (hardware.chip.chips > chips) deal_spare_chips(segments, sizes, hardware.chip.chips - chips);
  placement.home_chip.assign(shards_of.size(), 0);
  std::uint32_t next = 0;
  for (const Segment& segment : segments) {
    lay(segment, sizes, shards_of, hardware, next, placement.home_chip);
    next += segment.chips;
  }
  if (before > 0) placement.home_chip.erase(placement.home_chip.begin());
  placement.chips = static_cast<std::uint32_t>(std::max<std::int64_t>(hardware.chip.chips, next));
}

}  // namespace aimc::sim
