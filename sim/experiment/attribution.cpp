#include "sim/experiment/attribution.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check/error.h"
#include "sim/experiment/present_effects.h"

namespace aimc::sim {
namespace {

using tiles::Effect;
using tiles::Effects;

constexpr std::int64_t default_seeds = 5;

std::string plan_name(const char* relation, Effect effect) { return fmt::format("{} {}", relation, name(effect)); }

/// Reference, none, all, then each effect alone and all but each, in this order.
std::vector<DeploymentPlan> plans_of(const Study& study, const std::vector<Effect>& effects) {
  const auto with = [&](const std::string& name, Effects acting) {
    DeploymentNumerics numerics = study.numerics();
    numerics.effects = acting;
    return study.variant(name, numerics);
  };
  const Effects whole = study.numerics().effects;
  std::vector<DeploymentPlan> plans{study.reference(), with("no effect", Effects::none()), with("all effects", whole)};
  for (const Effect effect : effects) {
    plans.push_back(with(plan_name("only", effect), Effects::only(effect)));
    plans.push_back(with(plan_name("without", effect), whole.without(effect)));
  }
  return plans;
}

std::string percent_of(double part, double whole) { return fmt::format("{:.0f} %", 100 * part / whole); }

}  // namespace

AttributionResult attribute(const ExperimentSpec& spec, const StudyOptions& options, const RunProgress& progress) {
  const Study study(spec, options, default_seeds);
  std::vector<Effect> effects = present_effects(study.deployment(), spec.hardware);
  std::erase_if(effects, [&](Effect effect) { return !study.deployment().effects.has(effect); });
  if (effects.empty())
    throw ConfigError(
        fmt::format("'{}' has no non-ideality to attribute a loss to; name a deployment with analog linears or noise "
                    "(--deployment)",
                    study.name()));
  return attribute(study, effects, progress);
}

AttributionResult attribute(const Study& study, const std::vector<Effect>& effects, const RunProgress& progress) {
  const auto accuracies = study.evaluate(plans_of(study, effects), progress);
  const DeploymentAccuracy &none = accuracies[1], &all = accuracies[2];
  AttributionResult result;
  result.deployment = study.name();
  result.metric = study.metric();
  result.seeds = study.seeds();
  result.texts = static_cast<std::int64_t>(study.task().texts.size());
  result.choices = static_cast<std::int64_t>(study.task().choices.size());
  for (const auto& text : study.task().texts) result.characters += text.characters;
  result.reference = study.metric_of(accuracies[0]);
  result.without_effects = study.metric_of(none);
  result.with_effects = study.metric_of(all);
  result.rest = study.loss(accuracies[0], none);
  result.together = study.loss(none, all);
  for (std::size_t i = 0; i < effects.size(); ++i) {
    const DeploymentAccuracy &alone = accuracies[3 + 2 * i], &without = accuracies[4 + 2 * i];
    result.effects.push_back({effects[i], study.loss(none, alone), study.loss(without, all)});
    result.sum_alone += result.effects.back().alone.mean;
    result.sum_saving += result.effects.back().saving.mean;
  }
  std::ranges::stable_sort(result.effects, std::greater<>(), [](const EffectCost& cost) { return cost.saving.mean; });
  return result;
}

std::string advice(const AttributionResult& result) {
  const double whole = result.together.mean;
  if (!(whole > 0) || !(result.effects.front().saving.mean > 0))
    return "Nothing to spend on: on these items the non-idealities cost nothing that can be seen.";
  const EffectCost& first = result.effects.front();
  if (first.saving.low <= 0 && first.saving.high > first.saving.mean)
    return fmt::format("No single effect stands out of its spread; {} is the largest. More seeds or texts would tell.",
                       name(first.effect));
  std::string text = fmt::format("Spend on {} first: removing it would save {} of the loss", name(first.effect),
                                 percent_of(first.saving.mean, whole));
  if (result.effects.size() > 1 && result.effects[1].saving.low > 0)
    text += fmt::format("; then on {} ({})", name(result.effects[1].effect),
                        percent_of(result.effects[1].saving.mean, whole));
  return text + ".";
}

}  // namespace aimc::sim
