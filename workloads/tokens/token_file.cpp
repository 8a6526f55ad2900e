#include "workloads/tokens/token_file.h"

#include <cstring>

#include "base/check/check.h"
#include "base/files/text_file.h"

namespace aimc::workloads {
namespace {

/// First token of each sequence and the end of the last, from the table of lengths.
std::vector<std::int64_t> read_lengths(const MappedFile& file, const TokenLayout& layout) {
  const auto count = static_cast<std::size_t>(layout.info.sequences);
  const auto table = file.bytes(layout.lengths_at, count * sizeof(std::uint32_t));
  std::vector<std::int64_t> begin{0};
  begin.reserve(count + 1);
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t length = 0;
    std::memcpy(&length, table.data() + i * sizeof length, sizeof length);
    if (length == 0) throw InputError(fmt::format("{}: damaged: sequence {} is empty", file.path().string(), i));
    begin.push_back(begin.back() + length);
  }
  if (begin.back() != layout.info.tokens)
    throw InputError(fmt::format("{}: damaged: the sequences have {} tokens together, the header says {}",
                                 file.path().string(), begin.back(), layout.info.tokens));
  return begin;
}

/// The common length, or 0.
std::int64_t equal_length(const std::vector<std::vector<std::uint32_t>>& sequences) {
  if (sequences.empty()) return 0;
  const std::size_t length = sequences.front().size();
  const bool equal = std::ranges::all_of(sequences, [&](const auto& ids) { return ids.size() == length; });
  return equal ? static_cast<std::int64_t>(length) : 0;
}

}  // namespace

TokenFile::TokenFile(const std::filesystem::path& path) : file_(path), layout_(read_token_header(file_.bytes(), path)) {
  if (file_.size() < layout_.file_size())
    throw InputError(fmt::format("{}: truncated: {} tokens need {} bytes, the file has {}", path.string(),
                                 layout_.info.tokens, layout_.file_size(), file_.size()));
  if (file_.size() > layout_.file_size())
    throw InputError(
        fmt::format("{}: damaged: {} bytes follow the last token", path.string(), file_.size() - layout_.file_size()));
  if (layout_.length == 0) begin_ = read_lengths(file_, layout_);
}

std::int64_t TokenFile::length(std::int64_t sequence) const {
  AIMC_CHECK(sequence >= 0 && sequence < info().sequences, "sequence {} of {}", sequence, info().sequences);
  if (layout_.length > 0) return layout_.length;
  const auto at = static_cast<std::size_t>(sequence);
  return begin_[at + 1] - begin_[at];
}

void TokenFile::read(std::int64_t sequence, std::int64_t first, std::span<std::uint32_t> to) const {
  const auto count = static_cast<std::int64_t>(to.size());
  AIMC_CHECK(first >= 0 && first <= length(sequence) - count, "tokens {} to {} of a sequence of {}", first,
             first + count, length(sequence));
  const std::int64_t begin =
      layout_.length > 0 ? sequence * layout_.length : begin_[static_cast<std::size_t>(sequence)];
  const auto at = layout_.ids_at + static_cast<std::size_t>(begin + first) * layout_.id_bytes;
  const std::byte* from = file_.bytes(at, to.size() * layout_.id_bytes).data();
  for (std::uint32_t& id : to) {
    id = 0;
    std::memcpy(&id, from, layout_.id_bytes);
    from += layout_.id_bytes;
    if (id >= info().vocabulary)
      throw InputError(fmt::format("{}: damaged: sequence {} has the id {}, the vocabulary ends before {}",
                                   file_.path().string(), sequence, id, info().vocabulary));
  }
}

std::vector<std::uint32_t> TokenFile::sequence(std::int64_t sequence) const {
  std::vector<std::uint32_t> ids(static_cast<std::size_t>(length(sequence)));
  read(sequence, 0, ids);
  return ids;
}

void write_token_file(const std::filesystem::path& path, const TokenSequences& content) {
  TokenFileInfo info{.vocabulary = content.vocabulary,
                     .tokenizer = content.tokenizer,
                     .origin = content.origin,
                     .sequences = std::ssize(content.sequences)};
  for (const auto& ids : content.sequences) {
    AIMC_CHECK(!ids.empty() && ids.size() <= UINT32_MAX, "a sequence of {} tokens", ids.size());
    info.tokens += std::ssize(ids);
  }
  const std::int64_t length = equal_length(content.sequences);
  std::string bytes = token_header(info, length);
  if (length == 0)
    for (const auto& ids : content.sequences)
      for (int i = 0; i < 4; ++i) bytes += static_cast<char>(ids.size() >> (8 * i) & 0xff);
  for (const auto& ids : content.sequences) append_ids(ids, content.vocabulary, bytes);
  write_file_atomically(path, bytes);
}

}  // namespace aimc::workloads
