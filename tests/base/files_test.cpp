#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cstring>

#include "base/check/error.h"
#include "base/files/folder_lock.h"
#include "base/files/mapped_file.h"
#include "base/files/text_file.h"
#include "tests/base/temporary_directory.h"

namespace aimc {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(ReadTextFile, ReadsTheWholeFile) {
  const TemporaryDirectory directory;
  const std::string content = std::string(300'000, 'x') + '\0' + "\r\nend";
  put(directory / "a", content);
  EXPECT_EQ(read_text_file(directory / "a"), content);
  put(directory / "empty", "");
  EXPECT_EQ(read_text_file(directory / "empty"), "");
}

TEST(ReadTextFile, NamesTheFileItCannotRead) {
  const TemporaryDirectory directory;
  put(directory / "big", "12345");
  ::mkfifo((directory / "pipe").c_str(), 0600);
  const auto read = [&](const char* name) { return [&, name] { (void)read_text_file(directory / name, 4); }; };
  EXPECT_THAT(read("big"),
              ThrowsMessage<InputError>(HasSubstr("big: cannot be read: its 5 bytes exceed the limit of 4")));
  EXPECT_THAT(read("none"), ThrowsMessage<InputError>(HasSubstr("none: cannot be read: No such file or directory")));
  EXPECT_THAT(read("pipe"), ThrowsMessage<InputError>(HasSubstr("pipe: cannot be read: not a regular file")));
  EXPECT_THAT(read("."), ThrowsMessage<InputError>(HasSubstr("not a regular file")));
}

TEST(WriteFile, ReplacesTheFileAndLeavesNothingElse) {
  const TemporaryDirectory directory;
  write_file_atomically(directory / "a", "first");
  write_file_atomically(directory / "a", std::string("second\0", 7));
  EXPECT_EQ(get(directory / "a"), std::string("second\0", 7));
  EXPECT_EQ(directory.entries(), 1);
}

TEST(WriteFile, AFailureLeavesTheOldFileAndNothingHalfWritten) {
  const TemporaryDirectory directory;
  put(directory / "a", "old");
  // The file size limit stands for a full disk: both fail in the middle of the content.
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{4096, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_THAT([&] { write_file_atomically(directory / "a", std::string(10'000, 'x')); },
              ThrowsMessage<OutputError>(HasSubstr("a: cannot be written: File too large")));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(get(directory / "a"), "old");
  EXPECT_EQ(directory.entries(), 1);
}

TEST(WriteFile, NamesWhatIsWrong) {
  const TemporaryDirectory directory;
  EXPECT_THAT([&] { write_file_atomically(directory / "no/such/a", "x"); },
              ThrowsMessage<OutputError>(HasSubstr("no/such/a: cannot be written: No such file or directory")));
  std::filesystem::create_directories(directory / "folder/inner");
  EXPECT_THROW(write_file_atomically(directory / "folder", "x"), OutputError);
  EXPECT_EQ(directory.entries(), 2);
}

TEST(WriteFile, WritesThroughLinksAndNeverReplacesADevice) {
  const TemporaryDirectory directory;
  put(directory / "real", "old");
  std::filesystem::create_symlink("real", directory / "link");
  write_file_atomically(directory / "link", "new");
  EXPECT_TRUE(std::filesystem::is_symlink(directory / "link"));
  EXPECT_EQ(get(directory / "real"), "new");
  ASSERT_EQ(::mkfifo((directory / "pipe").c_str(), 0600), 0);
  EXPECT_THAT([&] { write_file_atomically(directory / "pipe", "x"); },
              ThrowsMessage<OutputError>(HasSubstr("pipe: cannot be written: not a regular file")));
  EXPECT_TRUE(std::filesystem::is_fifo(directory / "pipe"));
}

TEST(MappedFile, GivesTheBytes) {
  const TemporaryDirectory directory;
  put(directory / "a", "hello world");
  MappedFile file(directory / "a");
  ASSERT_EQ(file.size(), 11U);
  EXPECT_EQ(std::memcmp(file.bytes(6, 5).data(), "world", 5), 0);
  MappedFile moved = std::move(file);
  EXPECT_EQ(moved.bytes().size(), 11U);
  put(directory / "empty", "");
  moved = MappedFile(directory / "empty");
  EXPECT_TRUE(moved.bytes().empty());
  EXPECT_TRUE(moved.bytes(0, 0).empty());
}

TEST(MappedFile, NamesTheFileThatIsMissingOrTruncated) {
  const TemporaryDirectory directory;
  put(directory / "a", "hello");
  const MappedFile file(directory / "a");
  EXPECT_THAT([&] { (void)file.bytes(3, 3); }, ThrowsMessage<InputError>(HasSubstr("a: truncated")));
  EXPECT_THROW((void)file.bytes(~std::size_t{0}, 2), InputError);
  EXPECT_THROW((void)file.bytes(2, ~std::size_t{0}), InputError);
  EXPECT_THAT([&] { const MappedFile none(directory / "none"); },
              ThrowsMessage<InputError>(HasSubstr("none: cannot be read: No such file")));
  EXPECT_THROW(const MappedFile none(directory.path()), InputError);
}

TEST(FolderLock, IsHeldByOneAtATime) {
  const TemporaryDirectory directory;
  {
    const FolderLock first(directory.path());
    EXPECT_THAT([&] { const FolderLock second(directory.path()); },
                ThrowsMessage<ConfigError>(HasSubstr("another run is writing there")));
  }
  EXPECT_NO_THROW(const FolderLock again(directory.path()));
  EXPECT_THROW(const FolderLock nowhere(directory / "nowhere"), OutputError);
}

}  // namespace
}  // namespace aimc
