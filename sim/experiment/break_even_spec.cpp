#include "sim/experiment/break_even_spec.h"

#include <set>

namespace aimc::sim {
namespace {

template <class V>
bool has_duplicates(const std::vector<V>& values) {
  return std::set<V>(values.begin(), values.end()).size() != values.size();
}

void check(const BreakEvenSpec& spec, const config::Schema<BreakEvenSpec>::ErrorAt& error) {
  if (spec.against.empty()) error("against", "name at least one hardware to compare with");
  if (spec.batch.empty()) error("batch", "give at least one number of sequences");
  if (spec.context.empty()) error("context", "give at least one context length");
  if (has_duplicates(spec.against)) error("against", "every hardware once, please");
  if (has_duplicates(spec.batch)) error("batch", "every number of sequences once, please");
  if (has_duplicates(spec.context)) error("context", "every context length once, please");
  for (const std::int64_t context : spec.context)
    if (context <= spec.tokens) error("context", "each context holds the measured tokens: give more than `tokens`");
}

}  // namespace

const config::Schema<BreakEvenSpec>& break_even_schema() {
  static const config::Schema<BreakEvenSpec> schema = [] {
    config::Schema<BreakEvenSpec> s;
    s.key("against", &BreakEvenSpec::against,
          "Hardware to compare with, presets or files; all its linears are digital, its tokens batched by iteration.");
    s.key("batch", &BreakEvenSpec::batch, "Numbers of sequences that decode at the same time.").range(1, 100000);
    s.key("context", &BreakEvenSpec::context, "Context lengths: positions the last measured token sees.")
        .range(3, 100000000);
    s.key("tokens", &BreakEvenSpec::tokens, "Decoded tokens of each sequence; the first is not measured.")
        .range(2, 10000);
    s.check(check);
    return s;
  }();
  return schema;
}

}  // namespace aimc::sim
