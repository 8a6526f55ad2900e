#include "workloads/tokens/token_file_writer.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/check/check.h"
#include "base/files/make_folder.h"
#include "base/files/mapped_file.h"

namespace aimc::workloads {
namespace {

namespace fs = std::filesystem;

OutputError cannot_write(const fs::path& path, int error) {
  return OutputError(fmt::format("{}: cannot be written: {}; what is in it stays, and the same command continues it",
                                 path.string(), files::reason(error)));
}

void add_difference(std::string& list, const std::string& name, const std::string& there, const std::string& here) {
  if (there != here) list += fmt::format("{}{}: {} there, {} here", list.empty() ? "" : "; ", name, there, here);
}

/// The members in which two origins differ.
void add_origin_differences(std::string& list, const std::string& there, const std::string& here) {
  const auto a = nlohmann::json::parse(there, nullptr, false), b = nlohmann::json::parse(here, nullptr, false);
  if (!a.is_object() || !b.is_object()) return add_difference(list, "origin", there, here);
  const auto member = [](const nlohmann::json& object, const std::string& key) {
    return object.contains(key) ? object.at(key).dump() : std::string("nothing");
  };
  for (const auto& [key, value] : a.items()) add_difference(list, key, value.dump(), member(b, key));
  for (const auto& [key, value] : b.items())
    if (!a.contains(key)) add_difference(list, key, "nothing", value.dump());
}

std::string differences(const TokenLayout& there, const TokenFileInfo& here, std::int64_t length) {
  std::string list;
  const auto number = [&](const char* name, std::int64_t a, std::int64_t b) {
    add_difference(list, name, fmt::to_string(a), fmt::to_string(b));
  };
  add_origin_differences(list, there.info.origin, here.origin);
  number("vocabulary", there.info.vocabulary, here.vocabulary);
  add_difference(list, "tokenizer", there.info.tokenizer, here.tokenizer);
  number("tokens of a sequence", there.length, length);
  number("sequences", there.info.sequences, here.sequences);
  return list;
}

bool is_beginning(std::span<const std::byte> bytes, const std::string& of) {
  return bytes.empty() || std::memcmp(bytes.data(), of.data(), bytes.size()) == 0;
}

fs::path in_existing_folder(const fs::path& path) {
  make_folder(path.parent_path());
  return path;
}

}  // namespace

TokenFileWriter::TokenFileWriter(const fs::path& path, const TokenFileInfo& info, std::int64_t length, bool replace)
    : path_(in_existing_folder(path)),
      part_(path.string() + ".part"),
      info_(info),
      length_(length),
      file_(::open(part_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
  AIMC_CHECK(length > 0 && info.tokens == info.sequences * length, "{} tokens in {} sequences of {}", info.tokens,
             info.sequences, length);
  if (!file_.ok()) throw cannot_write(part_, errno);
  if (::flock(file_.number(), LOCK_EX | LOCK_NB) != 0)
    throw ConfigError(fmt::format("{}: another process is writing it", part_.string()));
  struct stat status{};
  if (::fstat(file_.number(), &status) != 0) throw cannot_write(part_, errno);
  const auto size = static_cast<std::size_t>(status.st_size);
  const std::string header = token_header(info, length);
  // New, or cut off within its header.
  if (size < header.size() && is_beginning(MappedFile(part_).bytes(), header)) {
    begin(header);
    return;
  }
  try {
    take_up(size);
  } catch (const OutputError&) {
    throw;
  } catch (const std::runtime_error&) {
    if (!replace) throw;
    begin(header);
  }
}

void TokenFileWriter::begin(const std::string& header) {
  if (::ftruncate(file_.number(), 0) != 0 || ::lseek(file_.number(), 0, SEEK_SET) != 0)
    throw cannot_write(part_, errno);
  write(header);
}

void TokenFileWriter::take_up(std::size_t size) {
  const TokenLayout layout = read_token_header(MappedFile(part_).bytes(), part_);
  const std::string list = differences(layout, info_, length_);
  if (!list.empty())
    throw ConfigError(
        fmt::format("{}: belongs to another command ({}); repeat that one, delete the file, or begin "
                    "anew with --force",
                    part_.string(), list));
  const std::size_t sequence_bytes = static_cast<std::size_t>(length_) * layout.id_bytes;
  written_ = std::min(static_cast<std::int64_t>((size - layout.ids_at) / sequence_bytes), info_.sequences);
  const auto end = static_cast<off_t>(layout.ids_at + static_cast<std::size_t>(written_) * sequence_bytes);
  if (::ftruncate(file_.number(), end) != 0 || ::lseek(file_.number(), end, SEEK_SET) != end)
    throw cannot_write(part_, errno);
}

void TokenFileWriter::write(const std::string& bytes) const {
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const ssize_t count = ::write(file_.number(), rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw cannot_write(part_, errno);
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
}

void TokenFileWriter::append(std::span<const std::uint32_t> ids) {
  const std::int64_t count = std::ssize(ids) / length_;
  AIMC_CHECK(count * length_ == std::ssize(ids) && written_ + count <= info_.sequences,
             "{} tokens for a file that has {} of {} sequences of {}", ids.size(), written_, info_.sequences, length_);
  std::string bytes;
  append_ids(ids, info_.vocabulary, bytes);
  write(bytes);
  written_ += count;
}

void TokenFileWriter::sync() const {
  if (::fsync(file_.number()) != 0) throw cannot_write(part_, errno);
}

void TokenFileWriter::finish() {
  AIMC_CHECK(written_ == info_.sequences, "{} of {} sequences", written_, info_.sequences);
  sync();
  if (::rename(part_.c_str(), path_.c_str()) != 0) throw cannot_write(path_, errno);
}

}  // namespace aimc::workloads
