#include "sim/mapping/layer_groups.h"

#include <gtest/gtest.h>

#include "handmade_graph.h"

namespace aimc::sim {
namespace {

/// Layer number that a checkpoint name carries, or -1.
int layer_in_name(const std::string& name) {
  const std::string prefix = "model.layers.";
  return name.starts_with(prefix) ? std::stoi(name.substr(prefix.size())) : -1;
}

TEST(LayerGroups, AgreeWithTheNames) {
  for (const bool fused : {false, true}) {
    DecoderShape shape;
    shape.layers = 3;
    shape.fused = fused;
    const workloads::Graph graph = handmade_decoder(shape);
    const LayerGroups groups = find_layer_groups(graph);
    ASSERT_EQ(groups.count, 4u);
    for (const workloads::Node& node : graph.nodes) {
      const int layer = layer_in_name(node.name);
      if (layer < 0) continue;
      EXPECT_EQ(groups.group[node.id], static_cast<std::uint32_t>(layer)) << node.name;
    }
  }
}

TEST(LayerGroups, OnlyTheHeadIsSampled) {
  const workloads::Graph graph = handmade_decoder({});
  const LayerGroups groups = find_layer_groups(graph);
  EXPECT_EQ(groups.group[graph.find("model.embed_tokens")->id], 0u);
  for (const workloads::Node& node : graph.nodes) {
    const bool head = node.name == "model.norm" || node.name == "lm_head" || node.name == "sample";
    EXPECT_EQ(groups.sampled[node.id], head) << node.name;
    EXPECT_EQ(groups.group[node.id] == 2u, head) << node.name;
  }
}

TEST(LayerGroups, ANormThatOthersReadIsNotOnlyTheHeads) {
  workloads::Graph graph = handmade_decoder({});
  // The last layer's add reads the final norm's input and, here, the head's norm is read twice.
  const workloads::NodeId norm = graph.find("model.norm")->id;
  workloads::Node extra{static_cast<workloads::NodeId>(graph.nodes.size()),
                        "probe",
                        workloads::RmsNormOp{},
                        {{norm, 0, graph.hidden}},
                        graph.hidden};
  graph.nodes.push_back(extra);
  const LayerGroups groups = find_layer_groups(graph);
  EXPECT_FALSE(groups.sampled[norm]);
  EXPECT_TRUE(groups.sampled[graph.find("lm_head")->id]);
}

}  // namespace
}  // namespace aimc::sim
