#include "tests/timing/cycle_mesh.h"

#include <deque>

namespace aimc::testing {
namespace {

constexpr int ports = 5, local = 4;  // a port for each direction a flit came in, and the node's own

struct Flit {
  std::size_t packet;
  bool head, tail;
};
struct Channel {
  std::deque<Flit> flits;
  int out = -1, next = -1;  // of the packet in front: output port, channel taken in the next router
};
struct Source {
  std::deque<std::size_t> queue;
  int sent = 0, channel = -1;
};

class Run {
 public:
  Run(const CycleMesh& mesh, std::vector<CycleMesh::Packet>& packets)
      : mesh_(mesh),
        packets_(packets),
        nodes_(mesh.width * mesh.height),
        channels_(static_cast<std::size_t>(nodes_ * ports * mesh.virtual_channels)),
        owned_(channels_.size()),
        credits_(channels_.size(), mesh.buffer_flits),
        sources_(static_cast<std::size_t>(nodes_)) {}

  bool step(std::int64_t cycle) {
    for (const auto& [channel, flit] : arriving_) at(channel).flits.push_back(flit);
    arriving_.clear();
    for (const int channel : returning_) ++credits_[static_cast<std::size_t>(channel)];
    returning_.clear();
    for (; born_ < packets_.size() && packets_[born_].born <= cycle; ++born_)
      sources_[static_cast<std::size_t>(packets_[born_].from)].queue.push_back(born_);
    for (int node = 0; node < nodes_; ++node) inject(node);
    for (int node = 0; node < nodes_; ++node) {
      route(node);
      pass(node, cycle);
    }
    return done_ < packets_.size();
  }

 private:
  Channel& at(int channel) { return channels_[static_cast<std::size_t>(channel)]; }
  [[nodiscard]] int first_of(int node, int port) const { return (node * ports + port) * mesh_.virtual_channels; }
  [[nodiscard]] int way(int node, int to) const {
    const int x = node % mesh_.width, y = node / mesh_.width, to_x = to % mesh_.width, to_y = to / mesh_.width;
    if (x != to_x) return is_onwards(x, to_x, mesh_.width) ? 0 : 1;
    if (y != to_y) return is_onwards(y, to_y, mesh_.height) ? 2 : 3;
    return local;
  }
  [[nodiscard]] bool is_onwards(int from, int to, int count) const {
    return mesh_.circles ? (to - from + count) % count <= count / 2 : from < to;
  }
  [[nodiscard]] int neighbour(int node, int out) const {
    const int x = node % mesh_.width, y = node / mesh_.width;
    const int step = out % 2 == 0 ? 1 : -1;
    if (out < 2) return y * mesh_.width + (x + step + mesh_.width) % mesh_.width;
    return (y + step + mesh_.height) % mesh_.height * mesh_.width + x;
  }
  /// The link closes a circle.
  [[nodiscard]] bool closes(int node, int out) const {
    const int place = out < 2 ? node % mesh_.width : node / mesh_.width;
    return place == (out % 2 == 1 ? 0 : (out < 2 ? mesh_.width : mesh_.height) - 1);
  }
  /// Whether a packet that comes by that channel and leaves by `out` is behind the link that closes its circle.
  [[nodiscard]] bool is_behind(int node, int channel, int out) const {
    const int port = (channel - first_of(node, 0)) / mesh_.virtual_channels;
    const int place = (channel - first_of(node, 0)) % mesh_.virtual_channels;
    return closes(node, out) || (port / 2 == out / 2 && place >= mesh_.virtual_channels / 2);
  }
  /// A channel of an input port that no packet is entering, with the most room; -1 without any. On circles from the
  /// upper half or the lower one; at a node's own port any.
  int take(int node, int port, bool upper = false) {
    int best = -1;
    int begin = first_of(node, port), end = begin + mesh_.virtual_channels;
    if (mesh_.circles && port != local) (upper ? begin : end) = begin + mesh_.virtual_channels / 2;
    for (int channel = begin; channel < end; ++channel) {
      const auto c = static_cast<std::size_t>(channel);
      if (owned_[c] || credits_[c] == 0) continue;
      if (best < 0 || credits_[c] > credits_[static_cast<std::size_t>(best)]) best = channel;
    }
    if (best >= 0) owned_[static_cast<std::size_t>(best)] = true;
    return best;
  }
  void inject(int node) {
    Source& source = sources_[static_cast<std::size_t>(node)];
    if (source.queue.empty()) return;
    if (source.channel < 0) source.channel = take(node, local);
    if (source.channel < 0 || credits_[static_cast<std::size_t>(source.channel)] == 0) return;
    --credits_[static_cast<std::size_t>(source.channel)];
    const bool tail = source.sent + 1 == mesh_.packet_flits;
    at(source.channel).flits.push_back({source.queue.front(), source.sent == 0, tail});
    ++source.sent;
    if (!tail) return;
    owned_[static_cast<std::size_t>(source.channel)] = false;
    source.channel = -1;
    source.sent = 0;
    source.queue.pop_front();
  }
  void route(int node) {
    for (int channel = first_of(node, 0); channel < first_of(node + 1, 0); ++channel) {
      Channel& c = at(channel);
      if (c.flits.empty() || !c.flits.front().head) continue;
      if (c.out < 0) c.out = way(node, packets_[c.flits.front().packet].to);
      if (c.out != local && c.next < 0) c.next = take(neighbour(node, c.out), c.out, is_behind(node, channel, c.out));
    }
  }
  void pass(int node, std::int64_t cycle) {
    bool busy[ports] = {};
    for (int out = 0; out < ports; ++out) {
      int oldest = -1;
      for (int channel = first_of(node, 0); channel < first_of(node + 1, 0); ++channel) {
        const Channel& c = at(channel);
        if (c.flits.empty() || c.out != out || busy[(channel - first_of(node, 0)) / mesh_.virtual_channels]) continue;
        if (out != local && (c.next < 0 || credits_[static_cast<std::size_t>(c.next)] == 0)) continue;
        if (oldest < 0 || c.flits.front().packet < at(oldest).flits.front().packet) oldest = channel;
      }
      if (oldest < 0) continue;
      busy[(oldest - first_of(node, 0)) / mesh_.virtual_channels] = true;
      move(oldest, cycle);
    }
  }
  void move(int channel, std::int64_t cycle) {
    Channel& c = at(channel);
    const Flit flit = c.flits.front();
    c.flits.pop_front();
    returning_.push_back(channel);
    if (c.out == local) {
      if (flit.tail) {
        packets_[flit.packet].done = cycle + 1;
        ++done_;
      }
    } else {
      --credits_[static_cast<std::size_t>(c.next)];
      arriving_.emplace_back(c.next, flit);
      if (flit.tail) owned_[static_cast<std::size_t>(c.next)] = false;
    }
    if (flit.tail) c.out = c.next = -1;
  }

  const CycleMesh& mesh_;
  std::vector<CycleMesh::Packet>& packets_;
  int nodes_;
  std::vector<Channel> channels_;  // [node][port][virtual channel]
  std::vector<bool> owned_;        // a packet is entering it
  std::vector<int> credits_;
  std::vector<Source> sources_;
  std::vector<std::pair<int, Flit>> arriving_;
  std::vector<int> returning_;
  std::size_t born_ = 0, done_ = 0;
};

}  // namespace

void CycleMesh::run(std::vector<Packet>& packets, std::int64_t cycles) const {
  Run run(*this, packets);
  for (std::int64_t cycle = 0; cycle < cycles && run.step(cycle); ++cycle) {
  }
}

}  // namespace aimc::testing
