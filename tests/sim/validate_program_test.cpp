#include <gtest/gtest.h>

#include "base/check/error.h"
#include "handmade_graph.h"
#include "sim/mapping/mapper.h"

namespace aimc::sim {
namespace {

/// A valid program with several row and column tiles, to be spoiled.
Program valid_program() { return map_in_order(handmade_decoder({}), handmade_hardware(48, 40, 100), all_analog); }

Step& first(Program& program, StepKind kind) { return *std::ranges::find(program.steps, kind, &Step::kind); }

struct Spoiler {
  const char* what;
  void (*spoil)(Program&);
};
void PrintTo(const Spoiler& spoiler, std::ostream* out) { *out << spoiler.what; }

class SpoiledProgram : public testing::TestWithParam<Spoiler> {};

TEST_P(SpoiledProgram, IsRefused) {
  Program program = valid_program();
  ASSERT_NO_THROW(validate(program));
  GetParam().spoil(program);
  EXPECT_THROW(validate(program), InternalError);
}

INSTANTIATE_TEST_SUITE_P(
    Placement, SpoiledProgram,
    testing::Values(Spoiler{"overlapping shards", [](Program& p) { --p.shards[1].column_begin; }},
                    Spoiler{"a gap between row tiles", [](Program& p) { ++p.shards.back().row_begin; }},
                    Spoiler{"two shards in one array", [](Program& p) { p.shards[3].tile = p.shards[2].tile; }},
                    Spoiler{"a tile that is not there", [](Program& p) { p.shards[3].tile.index = 100; }},
                    Spoiler{"a tier that is not there", [](Program& p) { p.shards[3].tier = 1; }},
                    Spoiler{"a chip that is not there", [](Program& p) { p.shards[3].tile.chip = p.chips; }},
                    Spoiler{"a shard larger than the array", [](Program& p) { p.hardware.tile.columns = 30; }},
                    Spoiler{"a linear that is missing", [](Program& p) { p.linears.pop_back(); }},
                    Spoiler{"a shard that is missing", [](Program& p) { p.shards.pop_back(); }},
                    Spoiler{"tile sizes that lie", [](Program& p) { ++p.linears[0].row_tiles[0]; }},
                    Spoiler{"another number of chips", [](Program& p) { p.hardware.chip.chips = p.chips + 1; }}));

INSTANTIATE_TEST_SUITE_P(
    Steps, SpoiledProgram,
    testing::Values(
        Spoiler{"a step that reads a later one",
                [](Program& p) { first(p, StepKind::attention).inputs[0].from += 500; }},
        Spoiler{"too few elements", [](Program& p) { --first(p, StepKind::mvm).inputs[0].elements; }},
        Spoiler{"an array multiplied twice",
                [](Program& p) {
                  p.steps.push_back(first(p, StepKind::mvm));
                  p.steps.back().id = static_cast<StepId>(p.steps.size() - 1);
                }},
        Spoiler{"a multiplication elsewhere", [](Program& p) { ++first(p, StepKind::mvm).unit.index; }},
        Spoiler{"a forgotten row tile",
                [](Program& p) {
                  Step& s = first(p, StepKind::accumulate);
                  s.inputs.pop_back();
                  --s.inner;
                }},
        Spoiler{"a row tile added twice",
                [](Program& p) {
                  Step& s = first(p, StepKind::accumulate);
                  s.inputs[1] = s.inputs[0];
                }},
        Spoiler{"a digital unit that is not there", [](Program& p) { p.hardware.chip.digital_units = 3; }},
        Spoiler{"an attention unit of another kind",
                [](Program& p) { first(p, StepKind::attention).unit.component = Component::digital_unit; }},
        Spoiler{"a step that runs too seldom", [](Program& p) { p.steps[2].occurrence = Occurrence::sampled_token; }},
        Spoiler{"an operator without steps", [](Program& p) { p.steps.pop_back(); }},
        Spoiler{"steps without hardware", [](Program& p) { p.linears[0].unit = LinearUnit::floating_point; }}));

}  // namespace
}  // namespace aimc::sim
