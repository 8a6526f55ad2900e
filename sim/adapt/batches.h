#pragma once
#include <cstdint>
#include <vector>

#include "sim/adapt/adapt_spec.h"
#include "sim/adapt/torch.h"
#include "workloads/tokens/token_file.h"

namespace aimc::adapt {

/// Sequences of one optimiser step: ids and the targets of their positions, [sequences, length] int64 each; padding
/// has id 0 and no_target.
struct Batch {
  at::Tensor ids, targets;
  std::int64_t scored = 0;  ///< positions with a target
};

/// The sequences of every step as a pure function of (seed, step), so that a resumed run goes on where it was. Each
/// epoch goes through all training sequences in a new order.
class Batches {
 public:
  /// Throws InputError when the file holds too few sequences or an unsuitable one. context: positions of the model.
  Batches(const workloads::TokenFile& tokens, const DataSpec& spec, std::int64_t context, std::uint64_t seed);

  [[nodiscard]] Batch of_step(std::int64_t step);
  /// The held-out sequences, a few at a time, in at most `limit` batches.
  [[nodiscard]] std::vector<Batch> held_out(std::int64_t limit) const;
  /// The first training sequence: the text that weights are judged by where none is held out.
  [[nodiscard]] Batch probe() const;
  [[nodiscard]] std::int64_t training_sequences() const { return training_; }
  /// Epochs begun before the step.
  [[nodiscard]] double epochs(std::int64_t step) const;

 private:
  /// Tokens [first, first + length) of a sequence of the file.
  struct Piece {
    std::int64_t sequence = 0, first = 0, length = 0;
  };
  [[nodiscard]] Batch assemble(const std::vector<std::size_t>& pieces) const;
  [[nodiscard]] std::vector<std::size_t> order_of(std::int64_t epoch) const;
  [[nodiscard]] std::vector<std::vector<std::size_t>> documents_of(std::int64_t epoch) const;
  [[nodiscard]] std::vector<std::size_t> packed(std::int64_t step);
  [[nodiscard]] std::vector<std::size_t> documents(std::int64_t step);

  const workloads::TokenFile& tokens_;
  DataSpec spec_;
  std::uint64_t seed_;
  std::vector<Piece> pieces_;  ///< training ones first
  std::int64_t training_ = 0;
  std::int64_t epoch_ = -1;  ///< of order_
  std::vector<std::size_t> order_;
  std::vector<std::int64_t> first_step_;                    ///< documents: first step of each epoch seen
  std::vector<std::vector<std::size_t>> document_batches_;  ///< of epoch_
};

}  // namespace aimc::adapt
