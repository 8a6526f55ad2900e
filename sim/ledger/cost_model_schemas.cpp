#include "sim/ledger/cost_model_schemas.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace aimc::sim {
namespace {

template <class T>
void check_uncertainty(config::Schema<T>& schema, std::string T::* member, const std::string& key) {
  schema.check([member, key](const T& object, const auto& error) {
    const std::string& text = object.*member;
    if (!text.empty() && !config::parse_uncertainty(text))
      error(key, fmt::format("'{}' is not {}", text, config::uncertainty_forms));
  });
}

config::Schema<AdcSurvey> survey_schema() {
  config::Schema<AdcSurvey> s;
  const auto coefficient = [&](const char* name, double AdcSurvey::* member, const char* sentence) {
    s.key(name, member, sentence);
  };
  coefficient("fom_rate_offset", &AdcSurvey::fom_rate_offset, "figure of merit at 1 sample/s, in dB");
  coefficient("fom_rate_slope", &AdcSurvey::fom_rate_slope, "its fall with the logarithm of the sample rate, in dB");
  coefficient("fom_bits_offset", &AdcSurvey::fom_bits_offset, "largest figure of merit at 0 bits, in dB");
  coefficient("fom_bits_slope", &AdcSurvey::fom_bits_slope, "its growth with each begun effective bit, in dB");
  coefficient("energy_offset", &AdcSurvey::energy_offset, "logarithm of the energy's scale");
  coefficient("energy_technology", &AdcSurvey::energy_technology, "power of the technology in nm in the energy");
  coefficient("energy_bits", &AdcSurvey::energy_bits, "negative power of the effective bits in the energy");
  coefficient("energy_correction", &AdcSurvey::energy_correction, "logarithm of the correction to the best converters");
  coefficient("area_technology", &AdcSurvey::area_technology, "power of the technology in nm in the area");
  coefficient("area_rate", &AdcSurvey::area_rate, "power of the sample rate in the area");
  coefficient("area_energy", &AdcSurvey::area_energy, "power of the energy in pJ in the area");
  coefficient("area_offset", &AdcSurvey::area_offset, "logarithm of the area's scale");
  s.key("accuracy", &AdcSurvey::accuracy, "uncertainty of the fit's energies: a share (30 %) or a factor (x2)");
  check_uncertainty(s, &AdcSurvey::accuracy, "accuracy");
  return s;
}

config::Schema<NodeFactor> factor_schema() {
  config::Schema<NodeFactor> s;
  s.key("energy", &NodeFactor::energy, "energy of digital logic relative to the other technologies").positive();
  return s;
}

}  // namespace

config::Schema<AdcEnergySpec> adc_energy_schema() {
  config::Schema<AdcEnergySpec> s;
  s.key("model", &AdcEnergySpec::model,
        "measured: the table's own energy of a conversion; survey: the fit to the ADC survey")
      .choices({{"measured", AdcModel::measured}, {"survey", AdcModel::survey}});
  s.key("technology", &AdcEnergySpec::technology, "technology of the converters, which the survey's model needs");
  s.key("enob", &AdcEnergySpec::enob, "effective bits for the survey's model; null: the converter's bits").range(1, 16);
  s.section("fit", &AdcEnergySpec::fit, survey_schema(), "coefficients of the survey's model");
  s.check([](const AdcEnergySpec& adc, const auto& error) {
    if (adc.model != AdcModel::survey) return;
    if (adc.technology <= Length{})
      error("technology", "the survey's model needs the technology of the converters, for example 14 nm");
    if (adc.fit.energy_technology == 0)
      error("fit", "the survey's model has no coefficients; name a file of them: fit: adc_survey");
  });
  return s;
}

config::Schema<NodeScaling> node_scaling_schema() {
  config::Schema<NodeScaling> s;
  s.key("from", &NodeScaling::from, "technology that the table's digital energies hold for");
  s.key("to", &NodeScaling::to, "technology to carry them to; null: no scaling");
  s.key("also", &NodeScaling::also, "what scales besides digital logic")
      .choices({{"arrays", ScaledPart::arrays},
                {"network", ScaledPart::network},
                {"chip_link", ScaledPart::chip_link},
                {"dram", ScaledPart::dram}});
  s.table("factors", &NodeScaling::factors, factor_schema(), "relative energy of each technology");
  s.check([](const NodeScaling& scaling, const auto& error) {
    std::vector<std::string> known;
    for (const auto& [node, factor] : scaling.factors) known.push_back(node);
    const auto check = [&](const char* key, const std::string& node) {
      if (scaling.factors.contains(node)) return;
      error(key, fmt::format("no factor for '{}'; known are {}; add node_scaling.factors.\"{}\".energy", node,
                             fmt::join(known, ", "), node));
    };
    if (scaling.to) check("to", *scaling.to);
    if (scaling.to && scaling.from.empty())
      error("to", "say which technology the energies hold for: node_scaling.from");
    else if (scaling.to)
      check("from", scaling.from);
  });
  return s;
}

config::Schema<UncertaintyByKind> uncertainty_schema() {
  config::Schema<UncertaintyByKind> s;
  const auto kind = [&](const char* name, std::string UncertaintyByKind::* member, const std::string& what) {
    s.key(name, member, what + ": a share (30 %) or a factor (x2)");
    check_uncertainty(s, member, name);
  };
  kind("published", &UncertaintyByKind::published, "of a published constant");
  kind("derived", &UncertaintyByKind::derived, "of a constant computed from published ones");
  kind("assumed", &UncertaintyByKind::assumed, "of an assumed constant");
  kind("user", &UncertaintyByKind::user, "of a constant the user set");
  kind("unspecified", &UncertaintyByKind::unspecified, "of a constant that does not say what it is");
  return s;
}

config::Schema<ProgrammingSpec> programming_schema() {
  config::Schema<ProgrammingSpec> s;
  s.key("iterations", &ProgrammingSpec::iterations, "pulses that a device needs on average, each followed by a read")
      .range(1, 100'000)
      .required();
  s.key("pulse_time", &ProgrammingSpec::pulse_time, "length of a programming pulse").positive().required();
  s.key("pulse_energy", &ProgrammingSpec::pulse_energy, "energy of one pulse into one device").required();
  s.key("at_once", &ProgrammingSpec::at_once, "cells of an array that one pulse writes")
      .choices({{"cell", WriteGroup::cell}, {"row", WriteGroup::row}, {"column", WriteGroup::column}});
  s.key("power_per_chip", &ProgrammingSpec::power_per_chip,
        "arrays of a chip are written together as far as this power goes; 0 W: all of them");
  s.key("amortised_over_tokens", &ProgrammingSpec::amortised_over_tokens,
        "tokens that the report spreads the energy over; 0: does not")
      .minimum(0);
  return s;
}

config::Schema<WakeEnergy> wake_energy_schema() {
  config::Schema<WakeEnergy> s;
  s.key("crossbar_tile", &WakeEnergy::crossbar_tile, "energy of waking a tile");
  s.key("digital_unit", &WakeEnergy::digital_unit, "energy of waking a digital unit");
  s.key("attention_unit", &WakeEnergy::attention_unit, "energy of waking an attention unit");
  return s;
}

}  // namespace aimc::sim
