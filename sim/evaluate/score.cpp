#include "sim/evaluate/score.h"

#include <algorithm>
#include <span>

#include "base/parallel/interrupt.h"
#include "base/parallel/parallel.h"
#include "sim/evaluate/log_likelihood.h"

namespace aimc::sim {

namespace {

using workloads::ChoiceItem;
using workloads::Task;
using workloads::TextItem;

constexpr std::int64_t rows_of_a_pass = 256;                      // enough for the matrix kernels to run at full speed
constexpr std::int64_t logits_of_a_pass = std::int64_t{1} << 22;  // 16 MiB of fp32

std::int64_t row_limit(std::int64_t vocabulary) {
  return std::clamp<std::int64_t>(logits_of_a_pass / vocabulary, 1, rows_of_a_pass);
}

// Names of sequences, for noise drawn at every MVM: texts by number, then contexts (choice 0) and choices of items.
std::uint64_t text_stream(std::size_t text) { return text; }
std::uint64_t choice_stream(std::size_t item, std::size_t choice) {
  return (std::uint64_t{1} << 31) + (item << 6) + choice;
}

std::int64_t longest_choice(const ChoiceItem& item) {
  std::size_t longest = 0;
  for (const auto& choice : item.choices) longest = std::max(longest, choice.size());
  return static_cast<std::int64_t>(longest);
}

std::span<const float> row(const Matrix& matrix, Index index) {
  return {matrix.row(index).data(), static_cast<std::size_t>(matrix.cols())};
}

/// Texts in step: blocks of at most row_limit tokens of all texts of the unit together.
void score_texts(const FunctionalExecutor& executor, std::span<const TextItem> items, std::size_t first,
                 std::span<double> scores, std::int64_t rows) {
  const auto block = std::max<std::size_t>(1, static_cast<std::size_t>(rows) / items.size());
  std::vector<Sequence> sequences;
  std::size_t longest = 0;
  for (const auto& item : items) {
    sequences.push_back(
        executor.new_sequence(static_cast<Index>(item.ids.size()), text_stream(first + sequences.size())));
    longest = std::max(longest, item.ids.size());
  }
  for (std::size_t begin = 0; begin + 1 < longest; begin += block) {
    throw_if_interrupted();
    std::vector<Segment> segments;
    std::vector<std::size_t> owners;
    for (std::size_t i = 0; i < items.size(); ++i) {
      // The last token predicts nothing that is scored.
      const std::size_t end = std::min(begin + block, items[i].ids.size() - 1);
      if (begin >= end) continue;
      segments.push_back({std::span(items[i].ids).subspan(begin, end - begin), &sequences[i]});
      owners.push_back(i);
    }
    const Matrix logits = executor.forward(segments, LogitsFor::every_token);
    Index at = 0;
    for (std::size_t s = 0; s < segments.size(); ++s) {
      const auto& ids = items[owners[s]].ids;
      for (std::size_t t = 0; t < segments[s].tokens.size(); ++t)
        scores[owners[s]] += token_log_likelihood(row(logits, at++), ids[begin + t + 1]);
    }
  }
}

/// The items' contexts once, then the first choice of all items, the second of all items ...: the context's KV stays.
class ChoiceScorer {
 public:
  ChoiceScorer(const FunctionalExecutor& executor, std::span<const ChoiceItem> items, std::size_t first,
               std::span<std::vector<double>> scores)
      : executor_(executor), items_(items), first_(first), scores_(scores) {}

  void score() {
    std::vector<Segment> contexts;
    std::size_t choices = 0;
    for (const auto& item : items_)
      sequences_.push_back(executor_.new_sequence(static_cast<Index>(item.context.size()) + longest_choice(item),
                                                  choice_stream(first_ + sequences_.size(), 0)));
    for (std::size_t i = 0; i < items_.size(); ++i) {
      contexts.push_back({items_[i].context, &sequences_[i]});
      scores_[i].assign(items_[i].choices.size(), 0);
      choices = std::max(choices, items_[i].choices.size());
    }
    context_logits_ = executor_.forward(contexts, LogitsFor::last_token);
    for (std::size_t choice = 0; choice < choices; ++choice) {
      throw_if_interrupted();
      score_choice(choice);
    }
  }

 private:
  void score_choice(std::size_t choice) {
    std::vector<Segment> segments;
    std::vector<std::size_t> owners;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (choice >= items_[i].choices.size()) continue;
      const auto& ids = items_[i].choices[choice];
      scores_[i][choice] = token_log_likelihood(row(context_logits_, static_cast<Index>(i)), ids.front());
      if (ids.size() == 1) continue;
      sequences_[i].stream = choice_stream(first_ + i, choice + 1);
      segments.push_back({std::span(ids).first(ids.size() - 1), &sequences_[i]});
      owners.push_back(i);
    }
    if (segments.empty()) return;
    const Matrix logits = executor_.forward(segments, LogitsFor::every_token);
    Index at = 0;
    for (const std::size_t i : owners) {
      const auto& ids = items_[i].choices[choice];
      for (std::size_t t = 1; t < ids.size(); ++t)
        scores_[i][choice] += token_log_likelihood(row(logits, at++), ids[t]);
      sequences_[i].truncate(static_cast<Index>(items_[i].context.size()));
    }
  }

  const FunctionalExecutor& executor_;
  std::span<const ChoiceItem> items_;
  std::size_t first_;  ///< number of the first item in the task
  std::span<std::vector<double>> scores_;
  std::vector<Sequence> sequences_;
  Matrix context_logits_;  ///< [items, vocabulary] after the last token of each context
};

/// Groups consecutive items while `fits(tokens, items)` says another one has room.
template <class Item, class Tokens, class Fits>
void group(const std::vector<Item>& items, ScoringUnit::Kind kind, const Tokens& tokens, const Fits& fits,
           std::vector<ScoringUnit>& units) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    const bool joins = !units.empty() && units.back().kind == kind && fits(units.back(), items[i]);
    if (!joins) units.push_back({.kind = kind, .first = i, .count = 0, .tokens = 0});
    ++units.back().count;
    units.back().tokens += tokens(items[i]);
  }
}

}  // namespace

std::vector<ScoringUnit> scoring_units(const Task& task, std::int64_t vocabulary) {
  const std::int64_t rows = row_limit(vocabulary);
  std::vector<ScoringUnit> units;
  const auto text_tokens = [](const TextItem& item) { return static_cast<std::int64_t>(item.ids.size()); };
  group(
      task.texts, ScoringUnit::Kind::texts, text_tokens,
      [&](const ScoringUnit& unit, const TextItem& item) { return unit.tokens + text_tokens(item) <= rows; }, units);
  // Contexts need one row of logits each, choices one a token: both in one unit must stay within the rows of a pass.
  const auto choice_tokens = [](const ChoiceItem& item) {
    std::size_t sum = item.context.size();
    for (const auto& choice : item.choices) sum += choice.size();
    return static_cast<std::int64_t>(sum);
  };
  group(
      task.choices, ScoringUnit::Kind::choices, choice_tokens,
      [&](const ScoringUnit& unit, const ChoiceItem& item) {
        std::int64_t contexts = static_cast<std::int64_t>(item.context.size()), longest = longest_choice(item);
        for (std::size_t i = unit.first; i < unit.first + unit.count; ++i) {
          contexts += static_cast<std::int64_t>(task.choices[i].context.size());
          longest += longest_choice(task.choices[i]);
        }
        return contexts <= 2 * rows_of_a_pass && longest <= rows;
      },
      units);
  std::ranges::stable_sort(units, std::greater<>(), &ScoringUnit::tokens);
  return units;
}

TaskScores score_task(const FunctionalExecutor& executor, const Task& task, const std::vector<ScoringUnit>& units,
                      const std::function<void()>& done) {
  TaskScores scores;
  scores.texts.assign(task.texts.size(), 0);
  scores.choices.resize(task.choices.size());
  const std::int64_t rows = row_limit(executor.vocabulary());
  parallel_for(static_cast<std::int64_t>(units.size()), [&](std::int64_t i) {
    const auto& unit = units[static_cast<std::size_t>(i)];
    if (unit.kind == ScoringUnit::Kind::texts) {
      score_texts(executor, std::span(task.texts).subspan(unit.first, unit.count), unit.first,
                  std::span(scores.texts).subspan(unit.first, unit.count), rows);
    } else {
      ChoiceScorer(executor, std::span(task.choices).subspan(unit.first, unit.count), unit.first,
                   std::span(scores.choices).subspan(unit.first, unit.count))
          .score();
    }
    done();
  });
  return scores;
}

}  // namespace aimc::sim
