#include "sim/validate/point_schema.h"

#include <fmt/format.h>

namespace aimc::sim {
namespace {

using config::Schema;

constexpr std::int64_t most = 1'000'000;

Schema<AssemblyPart> part_schema() {
  Schema<AssemblyPart> s;
  s.key("name", &AssemblyPart::name, "name of a component with figures of its own");
  s.key("assembly", &AssemblyPart::assembly, "or an assembly described before");
  s.key("count", &AssemblyPart::count, "how many; a fraction where several assemblies share one").positive();
  s.key("power", &AssemblyPart::power, "while working");
  s.key("area", &AssemblyPart::area, "of the component");
  s.key("energy", &AssemblyPart::energy, "of one operation of the assembly");
  s.check([](const AssemblyPart& part, const auto& error) {
    if (part.name.empty() == part.assembly.empty()) error("name", "give either a name or an assembly");
  });
  return s;
}

Schema<Assembly> assembly_schema() {
  Schema<Assembly> s;
  s.key("name", &Assembly::name, "name of the assembly").required();
  s.list("parts", &Assembly::parts, part_schema(), "what it is made of", true);
  return s;
}

Schema<Expectation> expectation_schema() {
  Schema<Expectation> s;
  s.key("figure", &Expectation::figure, "measured figure, with its unit in its name").required();
  s.key("value", &Expectation::value, "expected value; without it the measurement's own closed form");
  s.key("tolerance", &Expectation::tolerance, "largest relative deviation").range(0, 1).required();
  s.key("relation", &Expectation::relation, "equal within the tolerance, or a bound from below")
      .choices({{"within", Relation::within}, {"at_least", Relation::at_least}});
  s.key("kind", &Expectation::kind, "where it differs from the point's kind")
      .choices({{"calibrated", PointKind::calibrated},
                {"roll_up", PointKind::roll_up},
                {"independent", PointKind::independent},
                {"closed_form", PointKind::closed_form}});
  return s;
}

Schema<TileSetup> tile_setup_schema() {
  Schema<TileSetup> s;
  s.key("assembly", &TileSetup::assembly, "assembly whose power and area the rates are divided by");
  return s;
}

Schema<NeuRramSetup> neurram_schema() {
  Schema<NeuRramSetup> s;
  s.key("cores", &NeuRramSetup::cores, "cores working at the same time").range(1, most).required();
  s.key("word_line", &NeuRramSetup::word_line, "energy of the word lines, a cell and input bit").required();
  s.key("drivers", &NeuRramSetup::drivers, "energy of the input drivers, a cell and input bit").required();
  s.key("neuron", &NeuRramSetup::neuron, "energy of the neurons, a cell, at the reference setting").required();
  s.key("reference_steps", &NeuRramSetup::reference_steps, "converter steps at the reference setting (one input bit)")
      .range(1, 1000)
      .required();
  s.key("integrator_bit", &NeuRramSetup::integrator_bit, "integrator energy an input bit").required();
  s.key("integrator_pulse", &NeuRramSetup::integrator_pulse, "integrator energy a pulse").required();
  s.key("adc_step", &NeuRramSetup::adc_step, "converter energy a step").required();
  return s;
}

Schema<ThreeDSimSetup> three_d_sim_schema() {
  Schema<ThreeDSimSetup> s;
  s.key("decoder", &ThreeDSimSetup::decoder, "a decoder that writes tokens, or an encoder");
  s.key("kv_cache", &ThreeDSimSetup::kv_cache, "decoder: keys and values are kept, or all tokens run again");
  s.key("width", &ThreeDSimSetup::width, "features of a token").range(1, most).required();
  s.key("inner_width", &ThreeDSimSetup::inner_width, "features between the two feed-forward matrices")
      .range(1, most)
      .required();
  s.key("layers", &ThreeDSimSetup::layers, "layers").range(1, 1000).required();
  s.key("tokens", &ThreeDSimSetup::tokens, "encoder: context; decoder: length to be reached from one token")
      .range(1, 1000)
      .required();
  s.key("vocabulary", &ThreeDSimSetup::vocabulary, "decoder: outputs of the head").range(0, most);
  s.check([](const ThreeDSimSetup& setup, const auto& error) {
    if (setup.decoder && setup.vocabulary == 0) error("vocabulary", "a decoder has a head");
    if (setup.decoder && setup.tokens < 2) error("tokens", "a decoder that writes nothing");
  });
  return s;
}

Schema<FlitSetup> flit_schema() {
  Schema<FlitSetup> s;
  s.key("hops", &FlitSetup::hops, "links of the mesh on the way").range(1, 1000).required();
  return s;
}

Schema<RollUpSetup> roll_up_schema() {
  Schema<RollUpSetup> s;
  s.key("assembly", &RollUpSetup::assembly, "which assembly").required();
  s.key("time", &RollUpSetup::time, "of one operation");
  s.key("macs", &RollUpSetup::macs, "of one operation").range(0, std::int64_t{1} << 40);
  s.key("tera_operations", &RollUpSetup::tera_operations, "published rate").minimum(0);
  s.key("tile", &RollUpSetup::tile, "assembly of a tile, for the area as the ledger sums it");
  s.key("tiles", &RollUpSetup::tiles, "tiles of the chip").range(0, most);
  return s;
}

Schema<ClosedFormSetup> closed_form_schema() {
  Schema<ClosedFormSetup> s;
  s.key("form", &ClosedFormSetup::form, "which one")
      .choices({{"mvm", ClosedForm::mvm},
                {"zero_load", ClosedForm::zero_load},
                {"decode", ClosedForm::decode},
                {"prefill", ClosedForm::prefill}})
      .required();
  s.key("model", &ClosedFormSetup::model, "folder of the model, seen from the folder that holds configs/");
  s.key("tokens", &ClosedFormSetup::tokens, "decode: new tokens; prefill: prompt").range(0, 100'000);
  s.key("hops", &ClosedFormSetup::hops, "zero_load: links on the way").range(0, 1000);
  return s;
}

Schema<ValidationCase> case_schema() {
  Schema<ValidationCase> s;
  s.key("name", &ValidationCase::name, "what distinguishes it").required();
  s.key("hardware", &ValidationCase::hardware, "hardware preset or file");
  s.key("set", &ValidationCase::set, "overrides of its keys");
  s.list("expect", &ValidationCase::expect, expectation_schema(), "figures and their expected values", true);
  s.section("tile", &ValidationCase::tile, tile_setup_schema(), "one tile, back to back");
  s.section("neurram", &ValidationCase::neurram, neurram_schema(), "a NeuRRAM core at one precision");
  s.section("three_d_sim", &ValidationCase::three_d_sim, three_d_sim_schema(), "a run of IBM's 3D-SiM");
  s.section("flit", &ValidationCase::flit, flit_schema(), "one flit over a mesh");
  s.section("roll_up", &ValidationCase::roll_up, roll_up_schema(), "sums of a component table");
  s.section("closed_form", &ValidationCase::closed_form, closed_form_schema(), "plain arithmetic on the specs");
  s.check([](const ValidationCase& c, const auto& error) {
    const int setups = c.tile.has_value() + c.neurram.has_value() + c.three_d_sim.has_value() + c.flit.has_value() +
                       c.roll_up.has_value() + c.closed_form.has_value();
    if (setups != 1) error("name", fmt::format("a case measures one thing; '{}' has {} sections", c.name, setups));
    if (c.expect.empty()) error("expect", "a case without expected figures cannot fail");
  });
  return s;
}

Schema<ValidationPoint> point_schema() {
  Schema<ValidationPoint> s;
  s.key("id", &ValidationPoint::id, "short name, for --point").required();
  s.key("title", &ValidationPoint::title, "one line").required();
  s.key("kind", &ValidationPoint::kind, "reproduces its own input, repeats published sums, or predicts")
      .choices({{"calibrated", PointKind::calibrated},
                {"roll_up", PointKind::roll_up},
                {"independent", PointKind::independent},
                {"closed_form", PointKind::closed_form}})
      .required();
  s.key("source", &ValidationPoint::source, "where the expected values stand").required();
  s.key("reading", &ValidationPoint::reading, "what had to be read into the source");
  s.key("hardware", &ValidationPoint::hardware, "hardware preset or file of all cases that name none");
  s.key("set", &ValidationPoint::set, "overrides for all cases, before their own");
  s.list("cases", &ValidationPoint::cases, case_schema(), "configurations", true);
  return s;
}

}  // namespace

const Schema<ValidationFile>& validation_schema() {
  static const Schema<ValidationFile> schema = [] {
    Schema<ValidationFile> s;
    s.list("assemblies", &ValidationFile::assemblies, assembly_schema(), "component tables, the smallest first");
    s.list("points", &ValidationFile::points, point_schema(), "what is compared", true);
    return s;
  }();
  return schema;
}

}  // namespace aimc::sim
