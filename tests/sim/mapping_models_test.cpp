#include <gtest/gtest.h>

#include <ostream>

#include "handmade_graph.h"
#include "sim/mapping/mapper.h"
#include "workloads/model/model_config.h"

namespace aimc::sim {
namespace {

struct ModelCase {
  const char* config;
  Index array;
  std::int64_t tiles;
};

// Names the case in test lists; without it they show its bytes, addresses included.
void PrintTo(const ModelCase& model, std::ostream* out) {  // NOLINT(readability-identifier-naming): GoogleTest's name
  *out << model.config << " on arrays of " << model.array;
}

class TilesOfConfigs : public testing::TestWithParam<ModelCase> {};

/// The table of hardware 6.1 again, from the models' published config.json through the graph builder.
TEST_P(TilesOfConfigs, EqualTheTable) {
  const auto file = std::filesystem::path(AIMC_SOURCE_DIR) / ".." / "shared/data/configs" / GetParam().config;
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no ../shared/data/configs/" << GetParam().config;
  const workloads::Graph graph = workloads::build_graph(workloads::read_model_config(file));
  const Program program = map_in_order(graph, handmade_hardware(GetParam().array, GetParam().array, 64), all_analog);
  EXPECT_EQ(std::ssize(program.shards), GetParam().tiles);
}

INSTANTIATE_TEST_SUITE_P(Hardware61, TilesOfConfigs,
                         testing::Values(ModelCase{"phi-3-mini-4k-instruct-config.json", 256, 56'808},
                                         ModelCase{"phi-3-mini-4k-instruct-config.json", 512, 14'202},
                                         ModelCase{"phi-3-mini-4k-instruct-config.json", 1024, 3'552},
                                         ModelCase{"Llama-3.2-1B.config.json", 256, 18'856},
                                         ModelCase{"Llama-3.2-1B.config.json", 512, 4'716},
                                         ModelCase{"Llama-3.2-1B.config.json", 1024, 1'212},
                                         ModelCase{"Llama-3.2-3B.config.json", 256, 49'020},
                                         ModelCase{"Llama-3.2-3B.config.json", 512, 12'258},
                                         ModelCase{"Llama-3.2-3B.config.json", 1024, 3'066}));

}  // namespace
}  // namespace aimc::sim
