#include "sim/evaluate/summarize.h"

#include <cmath>
#include <numbers>

namespace aimc::sim {

namespace {

using workloads::Task;

struct TextTotals {
  double characters = 0, tokens = 0;
};

TextTotals totals(const Task& task) {
  TextTotals sum;
  for (const auto& item : task.texts) {
    sum.characters += static_cast<double>(item.characters);
    sum.tokens += static_cast<double>(item.ids.size() - 1);
  }
  return sum;
}

void summarize_texts(const Task& task, const std::vector<TaskScores>& scores, DeploymentAccuracy& accuracy) {
  const TextTotals total = totals(task);
  std::vector<double> bits_per_character, perplexity;
  accuracy.item_bits.assign(task.texts.size(), 0);
  double pooled = 0;
  for (const auto& seed : scores) {
    double log_likelihood = 0;
    for (std::size_t i = 0; i < task.texts.size(); ++i) {
      log_likelihood += seed.texts[i];
      accuracy.item_bits[i] -= seed.texts[i] / std::numbers::ln2 / static_cast<double>(scores.size());
    }
    bits_per_character.push_back(-log_likelihood / std::numbers::ln2 / total.characters);
    perplexity.push_back(std::exp(-log_likelihood / total.tokens));
    pooled += log_likelihood / static_cast<double>(scores.size());
  }
  accuracy.bits_per_character = spread_of(bits_per_character);
  accuracy.perplexity = spread_of(perplexity);
  accuracy.pooled_bits_per_character = -pooled / std::numbers::ln2 / total.characters;
  accuracy.pooled_perplexity = std::exp(-pooled / total.tokens);
}

void summarize_choices(const Task& task, const std::vector<TaskScores>& scores, DeploymentAccuracy& accuracy) {
  std::vector<double> right_share;
  accuracy.item_choices.assign(task.choices.size(), 0);
  for (const auto& seed : scores) {
    std::int64_t right = 0;
    for (std::size_t i = 0; i < task.choices.size(); ++i) {
      if (chosen(task.choices[i], seed.choices[i]) != task.choices[i].answer) continue;
      ++right;
      accuracy.item_choices[i] += 1.0 / static_cast<double>(scores.size());
    }
    right_share.push_back(static_cast<double>(right) / static_cast<double>(task.choices.size()));
  }
  accuracy.choice_accuracy = spread_of(right_share);
}

std::vector<double> differences(const std::vector<double>& values, const std::vector<double>& reference) {
  std::vector<double> out;
  // A deterministic deployment has one value, which is paired with every seed of the other.
  const std::size_t pairs = std::max(values.size(), reference.size());
  for (std::size_t i = 0; i < pairs; ++i)
    out.push_back(values[values.size() == 1 ? 0 : i] - reference[reference.size() == 1 ? 0 : i]);
  return out;
}

}  // namespace

std::int64_t chosen(const workloads::ChoiceItem& item, const std::vector<double>& log_likelihoods) {
  std::size_t best = 0;
  const auto per_character = [&](std::size_t c) {
    return log_likelihoods[c] / static_cast<double>(item.characters[c]);
  };
  for (std::size_t c = 1; c < log_likelihoods.size(); ++c)
    if (per_character(c) > per_character(best)) best = c;
  return static_cast<std::int64_t>(best);
}

DeploymentAccuracy summarize(const Task& task, const std::vector<TaskScores>& scores) {
  DeploymentAccuracy accuracy;
  accuracy.seeds = static_cast<std::int64_t>(scores.size());
  if (!task.texts.empty()) summarize_texts(task, scores, accuracy);
  if (!task.choices.empty()) summarize_choices(task, scores, accuracy);
  return accuracy;
}

void compare_to_reference(const Task& task, const DeploymentAccuracy& reference, DeploymentAccuracy& accuracy) {
  const bool over_seeds = accuracy.seeds > 1 || reference.seeds > 1;
  if (!task.texts.empty()) {
    std::vector<double> characters;
    for (const auto& item : task.texts) characters.push_back(static_cast<double>(item.characters));
    accuracy.bits_per_character_difference =
        over_seeds ? mean_difference(
                         differences(accuracy.bits_per_character.values, reference.bits_per_character.values), "seeds")
                   : ratio_difference(differences(accuracy.item_bits, reference.item_bits), characters);
  }
  if (!task.choices.empty()) {
    accuracy.choice_accuracy_difference =
        over_seeds
            ? mean_difference(differences(accuracy.choice_accuracy.values, reference.choice_accuracy.values), "seeds")
            : mean_difference(differences(accuracy.item_choices, reference.item_choices), "items");
  }
}

}  // namespace aimc::sim
