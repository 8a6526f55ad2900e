#include "base/files/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "base/check/error.h"
#include "tests/base/temporary_directory.h"

namespace aimc {
namespace {

/// numpy.save of numpy.array([[1, 2, 3], [4, 5, 6]], dtype='<f4'), byte for byte.
std::string numpy_file() {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
  header.append(117 - header.size(), ' ');
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00\x76\x00", 10);
  bytes += header;
  for (const float value : {1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F}) {
    char raw[4];
    std::memcpy(raw, &value, 4);
    bytes.append(raw, 4);
  }
  return bytes;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST(Npy, ReadsWhatNumpyWrites) {
  const TemporaryDirectory directory;
  put(directory / "a.npy", numpy_file());
  const NpyArray array = read_npy(directory / "a.npy");
  EXPECT_EQ(array.shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(array.values, (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST(Npy, WritesWhatItReadsAndAlignsTheData) {
  const TemporaryDirectory directory;
  for (const std::vector<std::int64_t>& shape :
       std::vector<std::vector<std::int64_t>>{{6}, {2, 3}, {1, 6, 1}, {0, 4}, {}}) {
    std::int64_t count = 1;
    for (const std::int64_t size : shape) count *= size;
    const std::vector<float> values(static_cast<std::size_t>(count), 0.1F);
    write_npy(directory / "a.npy", shape, values);
    const NpyArray back = read_npy(directory / "a.npy");
    EXPECT_EQ(back.shape, shape);
    EXPECT_EQ(back.values, values);
    EXPECT_EQ((std::filesystem::file_size(directory / "a.npy") - values.size() * 4) % 64, 0U);
  }
}

TEST(Npy, RefusesOtherTypesOrdersAndDamage) {
  const TemporaryDirectory directory;
  const std::string good = numpy_file();
  std::vector<std::string> bad = {"",
                                  "\x93NUMPY",
                                  good.substr(0, 50),
                                  good.substr(0, good.size() - 1),
                                  good + "x",
                                  replaced(good, "<f4", ">f4"),
                                  replaced(good, "<f4", "<f8"),
                                  replaced(good, "False", "True "),
                                  replaced(good, "(2, 3)", "(2, 4)"),
                                  replaced(good, "(2, 3)", "(2,-3)"),
                                  replaced(good, "(2, 3)", "(2; 3)"),
                                  replaced(good, "'shape'", "'shame'"),
                                  replaced(good, "NUMPY", "NUMPI"),
                                  replaced(good, "(2, 3), }  ", "(99999999999999999999)"),
                                  replaced(good, "(2, 3), }            ", "(6, 9223372036854775807)")};
  bad.push_back(good);
  bad.back()[6] = '\x09';
  for (const std::string& bytes : bad) {
    put(directory / "bad.npy", bytes);
    EXPECT_THROW((void)read_npy(directory / "bad.npy"), InputError) << bytes.substr(0, 80);
  }
}

std::string complaint(const std::filesystem::path& file) {
  try {
    (void)read_npy(file);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(Npy, SaysWhatIsWrongAndWhatToDo) {
  using ::testing::HasSubstr;
  const TemporaryDirectory directory;
  const auto of = [&](const std::string& bytes) {
    put(directory / "bad.npy", bytes);
    return complaint(directory / "bad.npy");
  };
  const std::string good = numpy_file();
  EXPECT_THAT(of(replaced(good, "<f4", "<f8")), AllOf(HasSubstr("'<f8'"), HasSubstr("astype")));
  EXPECT_THAT(of(replaced(good, "'<f4'", "[('a', '<f4')]")), HasSubstr("a record"));
  EXPECT_THAT(of(replaced(good, "False", "True ")), AllOf(HasSubstr("Fortran"), HasSubstr("ascontiguousarray")));
  EXPECT_THAT(of(good.substr(0, good.size() - 3)),
              AllOf(HasSubstr("6 values"), HasSubstr("21 bytes"), HasSubstr("truncated")));
  EXPECT_THAT(of(good + "xy"), AllOf(HasSubstr("26 bytes"), Not(HasSubstr("truncated"))));
}

TEST(Npy, ReadsTheLongHeadersOfFormats2And3) {
  const TemporaryDirectory directory;
  for (const char version : {'\x02', '\x03'}) {
    std::string header = numpy_file().substr(10, 118);
    header.insert(header.size() - 1, std::string(100000, ' '));
    std::string bytes("\x93NUMPY", 6);
    bytes += {version, '\0'};
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(header.size() >> shift & 0xFF);
    put(directory / "a.npy", bytes + header + numpy_file().substr(128));
    EXPECT_EQ(read_npy(directory / "a.npy").values, (std::vector<float>{1, 2, 3, 4, 5, 6}));
  }
  // A header length beyond the file.
  put(directory / "a.npy", std::string("\x93NUMPY\x02\0\xFF\xFF\xFF\xFF", 12) + "{'descr'");
  EXPECT_THAT(complaint(directory / "a.npy"), ::testing::HasSubstr("a.npy"));
}

}  // namespace
}  // namespace aimc
