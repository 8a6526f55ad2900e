#include "workloads/graph/graph.h"

#include <gtest/gtest.h>

#include "base/check/error.h"

namespace aimc::workloads {
namespace {

/// One decoder layer without feed-forward, with a fused qkv projection, by hand.
Graph small_graph() {
  Graph g;
  g.layers = 1;
  g.hidden = 8;
  g.vocabulary = 16;
  g.context = 32;
  g.rope.frequencies = {1.0, 0.1};
  g.nodes = {{0, "embed", EmbedOp{16}, {}, 8},
             {1, "norm", RmsNormOp{1e-5}, {{0, 0, 8}}, 8},
             {2, "qkv", LinearOp{8, 16}, {{1, 0, 8}}, 16},
             {3, "rope_q", RopeOp{2, 4}, {{2, 0, 8}}, 8},
             {4, "rope_k", RopeOp{1, 4}, {{2, 8, 4}}, 4},
             {5, "attention", AttentionOp{2, 1, 4, 0, 0}, {{3, 0, 8}, {4, 0, 4}, {2, 12, 4}}, 8},
             {6, "residual", AddOp{}, {{0, 0, 8}, {5, 0, 8}}, 8},
             {7, "swiglu", SwigluOp{}, {{6, 0, 4}, {6, 4, 4}}, 4},
             {8, "head", LinearOp{4, 16}, {{7, 0, 4}}, 16},
             {9, "sample", SampleOp{16}, {{8, 0, 16}}, 1}};
  return g;
}

TEST(Graph, ValidGraphPasses) { EXPECT_NO_THROW(validate(small_graph())); }

TEST(Graph, FindsByName) {
  const Graph g = small_graph();
  ASSERT_NE(g.find("rope_k"), nullptr);
  EXPECT_EQ(g.find("rope_k")->id, 4U);
  EXPECT_EQ(g.find("rope"), nullptr);
}

TEST(Graph, KindNames) {
  std::vector<std::string_view> kinds;
  for (const Node& node : small_graph().nodes) kinds.push_back(kind_name(node.op));
  EXPECT_EQ(kinds, (std::vector<std::string_view>{"embed", "rms_norm", "linear", "rope", "rope", "attention", "add",
                                                  "swiglu", "linear", "sample"}));
}

TEST(Graph, StaticMacsCountLinearsOnly) { EXPECT_EQ(static_macs(small_graph()), 8 * 16 + 4 * 16); }

/// Each case breaks one rule; validate must see it.
struct Defect {
  const char* name;
  void (*apply)(Graph&);
};
class GraphDefect : public testing::TestWithParam<Defect> {};

TEST_P(GraphDefect, IsRefused) {
  Graph g = small_graph();
  GetParam().apply(g);
  EXPECT_THROW(validate(g), InternalError);
}

INSTANTIATE_TEST_SUITE_P(
    All, GraphDefect,
    testing::Values(Defect{"Empty", [](Graph& g) { g.nodes.clear(); }},
                    Defect{"EmbedNotFirst", [](Graph& g) { g.nodes.erase(g.nodes.begin()); }},
                    Defect{"SampleNotLast", [](Graph& g) { g.nodes.pop_back(); }},
                    Defect{"WrongId", [](Graph& g) { g.nodes[3].id = 7; }},
                    Defect{"SameName", [](Graph& g) { g.nodes[3].name = "norm"; }},
                    Defect{"UsesLaterNode", [](Graph& g) { g.nodes[1].inputs[0].node = 6; }},
                    Defect{"UsesItself", [](Graph& g) { g.nodes[6].inputs[0].node = 6; }},
                    Defect{"SliceBeyondProducer", [](Graph& g) { g.nodes[4].inputs[0].offset = 13; }},
                    Defect{"NegativeOffset", [](Graph& g) { g.nodes[4].inputs[0].offset = -1; }},
                    Defect{"LinearInputWidth", [](Graph& g) { g.nodes[2].inputs[0].width = 7; }},
                    Defect{"LinearOutput", [](Graph& g) { g.nodes[8].out_features = 15; }},
                    Defect{"MissingOperand", [](Graph& g) { g.nodes[6].inputs.pop_back(); }},
                    Defect{"HeadsNotShared", [](Graph& g) { std::get<AttentionOp>(g.nodes[5].op).kv_heads = 3; }},
                    Defect{"LayerOutOfRange", [](Graph& g) { std::get<AttentionOp>(g.nodes[5].op).layer = 1; }},
                    Defect{"FrequencyCount", [](Graph& g) { g.rope.frequencies.pop_back(); }},
                    Defect{"Vocabulary", [](Graph& g) { g.vocabulary = 17; }},
                    Defect{"NoContext", [](Graph& g) { g.context = 0; }}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace aimc::workloads
