#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "base/files/descriptor.h"
#include "workloads/tokens/token_layout.h"

namespace aimc::workloads {

/// Writes a token file of equally long sequences piece by piece into PATH.part, which may be left at any moment and
/// continued later; finish() gives it its name.
class TokenFileWriter {
 public:
  /// Begins PATH.part or continues it. info.tokens is sequences x length. Throws ConfigError when a part of something
  /// else is there (says what differs) or another process writes it, InputError when it is damaged, OutputError when
  /// it cannot be written. replace: a part of something else, or a damaged one, is begun anew instead.
  TokenFileWriter(const std::filesystem::path& path, const TokenFileInfo& info, std::int64_t length, bool replace);
  /// Sequences that are in the part.
  [[nodiscard]] std::int64_t written() const { return written_; }
  /// Appends one or more whole sequences. OutputError when they cannot be written; the part stays usable.
  void append(std::span<const std::uint32_t> ids);
  /// Brings what is written to the disk. OutputError.
  void sync() const;
  /// Renames the part, which must be whole, to its name. OutputError.
  void finish();
  [[nodiscard]] const std::filesystem::path& part() const { return part_; }

 private:
  /// Cuts the part back to whole sequences.
  void take_up(std::size_t size);
  void begin(const std::string& header);
  void write(const std::string& bytes) const;

  std::filesystem::path path_, part_;
  TokenFileInfo info_;
  std::int64_t length_ = 0, written_ = 0;
  files::Descriptor file_;
};

}  // namespace aimc::workloads
