#include "sim/ledger/adc_survey.h"

#include <cmath>

#include "tiles/spec/mvm_passes.h"

namespace aimc::sim {
namespace {

constexpr double nanometre = 1e-9, picojoule = 1e-12, square_micrometre = 1e-12;
constexpr double decibel_per_bit = 6.02, decibel_of_sine = 1.76;  // SNDR of an ideal converter: the definition of ENOB

double picojoules(const AdcSurvey& fit, Length technology, double enob, double rate) {
  const double figure_of_merit = std::min(fit.fom_rate_offset - fit.fom_rate_slope * std::log(rate),
                                          fit.fom_bits_offset + fit.fom_bits_slope * std::ceil(enob));
  const double sndr = decibel_per_bit * enob + decibel_of_sine;
  const double e0 = 1 / (2 * std::pow(10.0, (figure_of_merit - sndr) / 10));
  return e0 * std::exp(fit.energy_offset + fit.energy_technology * std::log(technology.si() / nanometre) -
                       fit.energy_bits * std::log(enob) + fit.energy_correction);
}

}  // namespace

Energy survey_energy(const AdcSurvey& fit, Length technology, double enob, double samples_per_second) {
  return Energy(picojoules(fit, technology, enob, samples_per_second) * picojoule);
}

Area survey_area(const AdcSurvey& fit, Length technology, double enob, double samples_per_second) {
  const double energy = picojoules(fit, technology, enob, samples_per_second);
  return Area(std::exp(fit.area_technology * std::log(technology.si() / nanometre) +
                       fit.area_rate * std::log(samples_per_second) + fit.area_energy * std::log(energy) +
                       fit.area_offset) *
              square_micrometre);
}

double converter_sample_rate(const tiles::TileSpec& tile) {
  if (tile.columns == 0) return 0;
  const Index outputs = tiles::outputs_per_array(tile);
  const auto conversions = static_cast<double>(tiles::mvm_actions(tile, tile.rows, outputs).adc_conversions);
  const double converters = static_cast<double>(tile.columns) / tile.adc.columns_per_adc;
  return conversions / converters / tiles::mvm_timing(tile, tile.rows, outputs).period().seconds();
}

double effective_bits(const AdcEnergySpec& adc, const tiles::TileSpec& tile) {
  return adc.enob.value_or(tile.adc.bits);
}

std::optional<SurveyConverter> survey_converter(const AdcEnergySpec& adc, const tiles::TileSpec& tile) {
  if (adc.technology <= Length{} || adc.fit.energy_technology == 0 || tile.columns == 0) return std::nullopt;
  SurveyConverter converter{effective_bits(adc, tile), converter_sample_rate(tile), {}, {}};
  converter.conversion = survey_energy(adc.fit, adc.technology, converter.enob, converter.samples_per_second);
  const double converters = static_cast<double>(tile.columns) / tile.adc.columns_per_adc;
  converter.tile_area = converters * survey_area(adc.fit, adc.technology, converter.enob, converter.samples_per_second);
  return converter;
}

}  // namespace aimc::sim
