#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/units/quantity.h"

namespace aimc::tiles {

/// What a curve is a function of: the conductance in the unit of the device, or its share rho of the largest one.
enum class CurveArgument : std::uint8_t { relative, conductance };

/// One piece of a curve; exactly one of its five forms is given. x is clipped to at least 1e-7 in logarithms and
/// powers.
struct CurvePiece {
  std::optional<double> below, up_to;  ///< where it ends, exclusive or inclusive; the last piece has no end
  std::vector<double> polynomial;      ///< c0 + c1 x + c2 x^2 ...
  std::vector<double> logarithm;       ///< [a, b]: a ln x + b
  std::vector<double> logarithm10;     ///< [a, b]: a log10 x + b
  std::vector<double> power;           ///< [a, p]: a x^p
  std::vector<double> at, values;      ///< linear between points, constant beyond them
  std::optional<double> lowest, highest;
};
struct CurveSpec {
  CurveArgument argument = CurveArgument::relative;
  std::vector<CurvePiece> pieces;
};

/// What conductances are counted in. `weight`: the cells hold the weight itself, and the largest is the channel's.
enum class ConductanceUnit : std::uint8_t { microsiemens, counts, weight };

/// How weights become conductances (numerics C.1; signed_cell: B.1, one signed coordinate).
enum class ConverterKind : std::uint8_t { signed_cell, n_pair, single_device };
struct ConverterSpec {
  ConverterKind kind = ConverterKind::n_pair;
  double g_max = 0, g_min = 0;          ///< window of a cell, in the unit of the device
  std::vector<double> significance{1};  ///< n_pair: factors, lowest first; higher pairs fill after lower ones
  double added_to_maximum = 0;          ///< signed_cell: guards channels of zeros, in units of weights
};

/// What bounds a conductance after noise.
enum class Limits : std::uint8_t { none, zero, window };

struct ProgrammingSpec {
  CurveSpec sigma;
  std::optional<CurveSpec> mean;            ///< of the target; absent: the target itself
  std::optional<double> reference_maximum;  ///< largest conductance of the fit: sigma scales with g_max over this
  double dead_zone = 0;                     ///< targets below it are left at zero
  Limits limits = Limits::none;
};

/// g_P ((t + t_0) / t_0)^-nu with nu = |mean + std N(0, 1)| of the target, drawn once a cell (numerics C.2).
struct PowerLawSpec {
  Duration t_0;
  CurveSpec exponent_mean, exponent_std;
};
/// The distribution around the target at one measured time (Wan et al.).
struct RedrawSpec {
  Duration at;
  CurveSpec sigma;
};
/// A shift and a spread that grow with ln(t / 1 s), in the unit of the device (Falcone et al.).
struct RelaxationSpec {
  double mean_per_log = 0, std_per_log = 0, std = 0;
  Duration not_before{1.0};  ///< earlier times count as this one
};
/// At most one of the three.
struct DriftSpec {
  std::optional<PowerLawSpec> power_law;
  std::vector<RedrawSpec> redraw;
  std::optional<RelaxationSpec> relaxation;
};

/// Gaussian, sigma = curve x sqrt(ln((t + t_0 + t_read) / (2 t_read))); without t_read the same at all times.
struct ReadNoiseSpec {
  std::optional<Duration> t_read;
  Duration t_0;
  std::optional<CurveSpec> relative_sigma;  ///< of the programmed conductance, as a share of the drifted one
  std::optional<CurveSpec> sigma;           ///< of the drifted conductance
};

struct FaultsSpec {
  double stuck_low = 0, stuck_high = 0;  ///< shares of cells
};

/// One device technology as a file describes it (configs/devices/NAME.yaml).
struct DeviceSpec {
  std::string title, source, kind, validity;
  ConductanceUnit unit = ConductanceUnit::microsiemens;
  ConverterSpec converter;
  std::optional<ProgrammingSpec> programming;
  std::optional<DriftSpec> drift;
  std::optional<ReadNoiseSpec> read_noise;
  FaultsSpec faults;
  Limits limits = Limits::zero;  ///< after drift and read noise
  std::filesystem::path table;   ///< CSV of measured curves, which replace those above; empty: none
};

}  // namespace aimc::tiles
