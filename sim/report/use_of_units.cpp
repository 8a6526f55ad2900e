#include "sim/report/use_of_units.h"

#include <algorithm>
#include <map>

namespace aimc::sim {

std::vector<ClassUse> use_of_units(const TimingResult& timing) {
  std::map<Component, ClassUse> classes;
  std::map<Component, double> busy;
  for (const UnitActivity& activity : timing.activity) {
    ClassUse& use = classes[activity.component];
    use.component = name(activity.component);
    use.units += activity.units;
    use.used += activity.used;
    busy[activity.component] += activity.busy.seconds();
  }
  std::vector<ClassUse> all;
  for (auto& [component, use] : classes) {
    if (use.units == 0) continue;
    const double share = busy[component] / timing.elapsed.seconds();
    use.of_all = share / static_cast<double>(use.units);
    use.of_used = use.used == 0 ? 0 : share / static_cast<double>(use.used);
    all.push_back(use);
  }
  return all;
}

std::vector<LinkShare> busiest_links(const TimingResult& timing, std::size_t most) {
  std::vector<LinkUse> links = timing.links;
  std::ranges::stable_sort(links, std::greater<>(), &LinkUse::reserved);
  links.resize(std::min(most, links.size()));
  std::vector<LinkShare> shares;
  for (const LinkUse& link : links)
    shares.push_back({name(link.place), link.reserved.seconds() / timing.elapsed.seconds()});
  return shares;
}

KvTraffic kv_traffic(const TimingResult& timing) {
  KvTraffic traffic;
  traffic.read_bytes = timing.counts.total(Action::kv_read_byte) + timing.counts.total(Action::kv_sram_read_byte);
  traffic.written_bytes = timing.counts.total(Action::kv_write_byte) + timing.counts.total(Action::kv_sram_write_byte);
  traffic.bytes_per_s = static_cast<double>(traffic.read_bytes + traffic.written_bytes) / timing.elapsed.seconds();
  return traffic;
}

}  // namespace aimc::sim
