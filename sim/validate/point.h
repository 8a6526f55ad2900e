#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/units/quantity.h"

namespace aimc::sim {

/// What agreement with a point shows. Only `independent` says anything about the model: a calibrated point reproduces
/// its own input, a roll-up repeats published sums, a closed form compares two computations of ours.
enum class PointKind : std::uint8_t { calibrated, roll_up, independent, closed_form };

/// How the simulated figure has to stand to the expected one.
enum class Relation : std::uint8_t {
  within,   ///< equal within the tolerance
  at_least  ///< the expected one is a bound from below
};

/// One figure of a case.
struct Expectation {
  std::string figure;           ///< name of a measured figure, with its unit: "mvm_period_ns"
  std::optional<double> value;  ///< expected; none: the measurement brings its own closed form
  double tolerance = 0;         ///< largest relative deviation
  Relation relation = Relation::within;
  std::optional<PointKind> kind;  ///< where it differs from the point's
};

/// A tile on its own, back to back, in SystemC (timing/tile_bench.h), and the peak numbers that follow.
struct TileSetup {
  std::string assembly;  ///< rates are also divided by power and area of this assembly; empty: not
};

/// Energies of a NeuRRAM core by what makes them; see neurram.h. Those "a cell" are per cell and output.
struct NeuRramSetup {
  std::int64_t cores = 0;
  Energy word_line, drivers, neuron;                  ///< a cell, at the reference setting of one input bit
  std::int64_t reference_steps = 0;                   ///< converter steps at the reference setting
  Energy integrator_bit, integrator_pulse, adc_step;  ///< how the neuron's share grows
};

/// One of the runs of IBM's 3D-SiM; see three_d_sim.h.
struct ThreeDSimSetup {
  bool decoder = false;
  bool kv_cache = false;  ///< decoder
  std::int64_t width = 0, inner_width = 0, layers = 0;
  std::int64_t tokens = 0;      ///< encoder: context; decoder: length to be reached, starting from one token
  std::int64_t vocabulary = 0;  ///< decoder
};

/// A packet of one flit over some hops of a mesh.
struct FlitSetup {
  std::int64_t hops = 0;
};

/// Sums over an assembly of components, and what follows from the published rate of the whole.
struct RollUpSetup {
  std::string assembly;
  Time time;                   ///< of one operation; zero: none
  std::int64_t macs = 0;       ///< of one operation
  double tera_operations = 0;  ///< a second, where it is published; 0: none
  std::string tile;            ///< assembly of a tile: the ledger then sums `tiles` of them and the rest once more
  std::int64_t tiles = 0;
};

/// Plain arithmetic on the specs against the timing executor; see closed_forms.h.
enum class ClosedForm : std::uint8_t { mvm, zero_load, decode, prefill };
struct ClosedFormSetup {
  ClosedForm form = ClosedForm::mvm;
  std::string model;        ///< decode, prefill: folder with a config.json, from the folder of configs/ on
  std::int64_t tokens = 0;  ///< decode: new tokens; prefill: prompt
  std::int64_t hops = 0;    ///< zero_load
};

/// One configuration with its figures; exactly one of the setups is there.
struct ValidationCase {
  std::string name;
  std::string hardware;          ///< preset or file; empty where none is needed
  std::vector<std::string> set;  ///< overrides, "hardware.tile.input.phases=4"
  std::vector<Expectation> expect;
  std::optional<TileSetup> tile;
  std::optional<NeuRramSetup> neurram;
  std::optional<ThreeDSimSetup> three_d_sim;
  std::optional<FlitSetup> flit;
  std::optional<RollUpSetup> roll_up;
  std::optional<ClosedFormSetup> closed_form;
};

/// A row of hardware.md section 4, or a closed form.
struct ValidationPoint {
  std::string id;  ///< "V3"
  std::string title;
  PointKind kind = PointKind::calibrated;
  std::string source;
  std::string reading;           ///< what had to be read into the source, for docs and --json; may be empty
  std::string hardware;          ///< of all cases that name none
  std::vector<std::string> set;  ///< for all cases, before their own
  std::vector<ValidationCase> cases;
};

/// A part of an assembly: a component with figures of its own, or another assembly.
struct AssemblyPart {
  std::string name;      ///< of a component
  std::string assembly;  ///< or an assembly defined before
  double count = 1;      ///< 0.25: shared by four
  Power power;
  Area area;
  Energy energy;
};
struct Assembly {
  std::string name;
  std::vector<AssemblyPart> parts;
};

/// One file of configs/validation.
struct ValidationFile {
  std::vector<Assembly> assemblies;
  std::vector<ValidationPoint> points;
};

}  // namespace aimc::sim
