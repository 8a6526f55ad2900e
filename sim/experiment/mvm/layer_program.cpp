#include "sim/experiment/mvm/layer_cost.h"
#include "sim/mapping/mapper.h"

namespace aimc::sim {
namespace {

using workloads::Graph;
using workloads::Node;

/// The smallest graph there is: embed gives the vectors, a norm takes the results (so that the linear is no head, which
/// would run for the last token only), and the sampler ends a token.
Graph one_layer_graph(Index out, Index in) {
  Graph graph;
  graph.model_name = "mvm";
  graph.hidden = in;
  graph.vocabulary = out;
  graph.context = 1;
  graph.nodes = {Node{0, "inputs", workloads::EmbedOp{out}, {}, in},
                 Node{1, "layer", workloads::LinearOp{in, out}, {{0, 0, in}}, out},
                 Node{2, "outputs", workloads::RmsNormOp{}, {{1, 0, out}}, out},
                 Node{3, "end", workloads::SampleOp{out}, {{2, 0, out}}, 1}};
  return graph;
}

/// The layer alone is measured: what gives and takes its vectors must not slow it down.
HardwareSpec with_free_surroundings(HardwareSpec hardware) {
  for (tiles::OperationCost* cost : {&hardware.digital.embed, &hardware.digital.rms_norm, &hardware.digital.sample})
    *cost = tiles::OperationCost{};
  hardware.dram.bandwidth = Bandwidth(1e30);
  hardware.dram.latency = Time{};
  return hardware;
}

}  // namespace

Program one_layer_program(const HardwareSpec& hardware, Index out, Index in) {
  return map_in_order(one_layer_graph(out, in), with_free_surroundings(hardware),
                      [](const Node&) { return LinearUnit::analog; });
}

}  // namespace aimc::sim
