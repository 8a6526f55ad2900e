#pragma once
#include <optional>
#include <string>

#include "base/units/quantity.h"
#include "tiles/spec/tile_spec.h"

namespace aimc::sim {

/// What a column conversion costs: the table's own figure, or the survey's fit.
enum class AdcModel : std::uint8_t { measured, survey };

/// Coefficients of the fit to Murmann's ADC survey that Accelergy and CiMLoop use (hardware 3.1). f: samples a second
/// of one converter, b: effective bits, t: technology in nm, E: pJ a conversion. The fit is an optimistic best case.
struct AdcSurvey {
  double fom_rate_offset = 0, fom_rate_slope = 0;  ///< Schreier figure of merit: offset - slope ln f [dB] ...
  double fom_bits_offset = 0, fom_bits_slope = 0;  ///< ... but at most offset + slope ceil(b) [dB]
  double energy_offset = 0, energy_technology = 0, energy_bits = 0, energy_correction = 0;
  double area_technology = 0, area_rate = 0, area_energy = 0, area_offset = 0;
  std::string accuracy;  ///< uncertainty of its energies, as parse_uncertainty reads it
};

/// Which model prices the column converters, and what the survey's needs to know.
struct AdcEnergySpec {
  AdcModel model = AdcModel::measured;
  Length technology;           ///< of the converters; the survey's model needs it
  std::optional<double> enob;  ///< effective bits; nothing: the converter's bits
  AdcSurvey fit;
};

/// Energy of one conversion: E0 exp(energy_offset + energy_technology ln t - energy_bits ln b + energy_correction) pJ,
/// E0 = 1 / (2 x 10^((FOM - SNDR) / 10)), SNDR = 6.02 b + 1.76 dB.
[[nodiscard]] Energy survey_energy(const AdcSurvey& fit, Length technology, double enob, double samples_per_second);

/// Area of one converter: exp(area_technology ln t + area_rate ln f + area_energy ln E + area_offset) um2. A weak fit:
/// 5 times ISAAC's published converter (hardware 3.1), so it replaces no area and is information only.
[[nodiscard]] Area survey_area(const AdcSurvey& fit, Length technology, double enob, double samples_per_second);

/// Conversions a second of one converter of a tile that never pauses: those of its columns in all passes and phases of
/// an MVM, once a period. 0 for a tile without columns.
[[nodiscard]] double converter_sample_rate(const tiles::TileSpec& tile);

/// The effective bits that the survey's model is asked for.
[[nodiscard]] double effective_bits(const AdcEnergySpec& adc, const tiles::TileSpec& tile);

/// What the survey's fit says of a tile's converters, whichever model prices them.
struct SurveyConverter {
  double enob = 0, samples_per_second = 0;
  Energy conversion;
  Area tile_area;  ///< of all converters of a tile; information only
};
/// Nothing without a technology, coefficients or columns.
[[nodiscard]] std::optional<SurveyConverter> survey_converter(const AdcEnergySpec& adc, const tiles::TileSpec& tile);

}  // namespace aimc::sim
