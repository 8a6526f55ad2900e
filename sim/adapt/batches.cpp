#include "sim/adapt/batches.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check/error.h"
#include "base/random/stream.h"
#include "sim/adapt/losses.h"

namespace aimc::adapt {
namespace {

constexpr std::size_t documents_per_pool = 512;  ///< sorted by length together

/// Fisher and Yates.
template <class T>
void shuffle(std::vector<T>& values, const RandomKey& key) {
  for (std::size_t i = values.size(); i > 1; --i) {
    const auto other = static_cast<std::size_t>(uniform(key, i) * static_cast<double>(i));
    std::swap(values[i - 1], values[std::min(other, i - 1)]);
  }
}

}  // namespace

Batches::Batches(const workloads::TokenFile& tokens, const DataSpec& spec, std::int64_t context, std::uint64_t seed)
    : tokens_(tokens), spec_(spec), seed_(seed) {
  const bool documents = spec.batching == Batching::documents;
  const std::int64_t longest = documents ? context + 1 : context;
  for (std::int64_t s = 0; s < tokens.info().sequences; ++s) {
    const std::int64_t whole = tokens.length(s);
    if (documents) {
      if (whole >= 2) pieces_.push_back({s, 0, std::min(whole, longest)});
      continue;
    }
    const std::int64_t length = spec.sequence_length > 0 ? spec.sequence_length : whole;
    if (length > longest)
      throw InputError(
          fmt::format("{}: sequences of {} tokens, but the model's context has {}; set "
                      "data.sequence_length",
                      spec.tokens.string(), length, context));
    for (std::int64_t first = 0; first + length <= whole; first += length) pieces_.push_back({s, first, length});
    if (!pieces_.empty() && pieces_.back().length != pieces_.front().length)
      throw InputError(
          fmt::format("{}: sequences differ in length ({} and {}); batching: packed needs one length, "
                      "set data.sequence_length or batching: documents",
                      spec.tokens.string(), pieces_.front().length, pieces_.back().length));
  }
  const auto held_out = static_cast<std::int64_t>(std::floor(spec.held_out * static_cast<double>(pieces_.size())));
  training_ = std::ssize(pieces_) - held_out;
  const std::int64_t needed = documents ? 1 : spec.sequences;
  if (training_ < needed)
    throw InputError(fmt::format(
        "{}: {} training sequences of {} tokens ({} in the file), but a step takes {}", spec.tokens.string(), training_,
        pieces_.empty() ? spec.sequence_length : pieces_.front().length, tokens.info().sequences, needed));
}

std::vector<std::size_t> Batches::order_of(std::int64_t epoch) const {
  std::vector<std::size_t> order(static_cast<std::size_t>(training_));
  std::iota(order.begin(), order.end(), std::size_t{0});
  shuffle(order, RandomKey(seed_).child("order").child(static_cast<std::uint64_t>(epoch)));
  return order;
}

/// Documents of similar length together: pools of the epoch's order are sorted, cut by their padded size, and the
/// batches shuffled.
std::vector<std::vector<std::size_t>> Batches::documents_of(std::int64_t epoch) const {
  const std::vector<std::size_t> order = order_of(epoch);
  std::vector<std::vector<std::size_t>> batches;
  for (std::size_t first = 0; first < order.size(); first += documents_per_pool) {
    std::vector<std::size_t> pool(
        order.begin() + static_cast<std::ptrdiff_t>(first),
        order.begin() + static_cast<std::ptrdiff_t>(std::min(order.size(), first + documents_per_pool)));
    std::ranges::stable_sort(pool, {}, [&](std::size_t piece) { return pieces_[piece].length; });
    std::vector<std::size_t> batch;
    for (const std::size_t piece : pool) {
      const auto padded = static_cast<std::int64_t>(batch.size() + 1) * pieces_[piece].length;
      if (!batch.empty() && padded > spec_.tokens_per_step) batches.push_back(std::exchange(batch, {}));
      batch.push_back(piece);
    }
    batches.push_back(batch);
  }
  shuffle(batches, RandomKey(seed_).child("batches").child(static_cast<std::uint64_t>(epoch)));
  return batches;
}

std::vector<std::size_t> Batches::packed(std::int64_t step) {
  std::vector<std::size_t> chosen;
  for (std::int64_t i = 0; i < spec_.sequences; ++i) {
    const std::int64_t number = step * spec_.sequences + i;
    if (number / training_ != epoch_) {
      epoch_ = number / training_;
      order_ = order_of(epoch_);
    }
    chosen.push_back(order_[static_cast<std::size_t>(number % training_)]);
  }
  return chosen;
}

std::vector<std::size_t> Batches::documents(std::int64_t step) {
  if (first_step_.empty() || step < first_step_.back()) {
    first_step_ = {0};
    epoch_ = 0;
    document_batches_ = documents_of(0);
  }
  while (step - first_step_.back() >= std::ssize(document_batches_)) {
    first_step_.push_back(first_step_.back() + std::ssize(document_batches_));
    document_batches_ = documents_of(++epoch_);
  }
  return document_batches_[static_cast<std::size_t>(step - first_step_.back())];
}

Batch Batches::of_step(std::int64_t step) {
  return assemble(spec_.batching == Batching::documents ? documents(step) : packed(step));
}

Batch Batches::assemble(const std::vector<std::size_t>& pieces) const {
  const bool documents = spec_.batching == Batching::documents;
  std::int64_t longest = 0;
  for (const std::size_t piece : pieces) longest = std::max(longest, pieces_[piece].length);
  const std::int64_t length = documents ? longest - 1 : longest;
  Batch batch{at::zeros({std::ssize(pieces), length}, at::kLong),
              at::full({std::ssize(pieces), length}, no_target, at::kLong), 0};
  auto* ids = batch.ids.data_ptr<std::int64_t>();
  auto* targets = batch.targets.data_ptr<std::int64_t>();
  std::vector<std::uint32_t> tokens;
  for (std::size_t row = 0; row < pieces.size(); ++row) {
    const Piece& piece = pieces_[pieces[row]];
    tokens.resize(static_cast<std::size_t>(piece.length));
    tokens_.read(piece.sequence, piece.first, tokens);
    const std::int64_t inputs = documents ? piece.length - 1 : piece.length;
    std::int64_t* const id = ids + static_cast<std::int64_t>(row) * length;
    std::int64_t* const target = targets + static_cast<std::int64_t>(row) * length;
    for (std::int64_t i = 0; i < inputs; ++i) id[i] = tokens[static_cast<std::size_t>(i)];
    for (std::int64_t i = 0; i + 1 < piece.length; ++i) target[i] = tokens[static_cast<std::size_t>(i + 1)];
    batch.scored += piece.length - 1;
  }
  return batch;
}

std::vector<Batch> Batches::held_out(std::int64_t limit) const {
  constexpr std::size_t sequences_per_batch = 8;
  std::vector<Batch> batches;
  std::vector<std::size_t> pieces;
  for (std::size_t p = static_cast<std::size_t>(training_); p < pieces_.size() && std::ssize(batches) < limit; ++p) {
    pieces.push_back(p);
    if (pieces.size() == sequences_per_batch || p + 1 == pieces_.size())
      batches.push_back(assemble(std::exchange(pieces, {})));
  }
  return batches;
}

Batch Batches::probe() const { return assemble({0}); }

double Batches::epochs(std::int64_t step) const {
  if (spec_.batching == Batching::documents)
    return first_step_.empty() ? 0
                               : static_cast<double>(epoch_) + static_cast<double>(step - first_step_.back()) /
                                                                   static_cast<double>(document_batches_.size());
  return static_cast<double>(step * spec_.sequences) / static_cast<double>(training_);
}

}  // namespace aimc::adapt
