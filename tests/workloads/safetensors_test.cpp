#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include "base/check/error.h"
#include "tests/workloads/temporary_directory.h"
#include "workloads/model/safetensors_writer.h"
#include "workloads/model/weights.h"

namespace aimc::workloads {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// A file with this header text and data, the length field telling the truth.
std::string file_of(const std::string& header, const std::string& data) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<char>(header.size() >> (8 * i) & 0xff));
  return bytes.append(header).append(data);
}

std::string tensor(const std::string& name, const std::string& dtype, const std::string& shape,
                   const std::string& offsets) {
  return fmt::format(R"("{}":{{"dtype":"{}","shape":{},"data_offsets":{}}})", name, dtype, shape, offsets);
}

/// The JSON object of these members.
std::string object(const std::vector<std::string>& members) { return fmt::format("{{{}}}", fmt::join(members, ",")); }

std::string open_message(const std::string& bytes) {
  const TemporaryDirectory directory;
  const auto path = directory.write("lying.safetensors", bytes);
  std::string message = message_of<InputError>([&] { (void)open_safetensors(path); });
  EXPECT_THAT(message, HasSubstr("lying.safetensors"));
  return message;
}

// Bit patterns from IEEE 754-2008 (binary16) and from the upper half of binary32 (bfloat16).
TEST(Safetensors, ConvertsEveryStoredTypeExactly) {
  const TemporaryDirectory directory;
  const std::string header =
      object({tensor("half", "F16", "[6]", "[0,12]"), tensor("brain", "BF16", "[2,2]", "[12,20]"),
              tensor("single", "F32", "[1,1]", "[20,24]"), R"("__metadata__":{"format":"pt"})"});
  const std::string half{"\x00\x3c\x00\xc0\xff\x7b\x01\x00\x00\x04\x55\x35", 12};  // 1 -2 65504 2^-24 2^-14 0.33325
  const std::string brain{"\x80\x3f\x40\xc0\x00\x00\x49\x40", 8};                  // 1 -3 0 3.140625
  const std::string single{"\x00\x00\x20\x41", 4};                                 // 10
  const auto weights = open_safetensors(directory.write("m.safetensors", file_of(header, half + brain + single)));
  Matrix expected(1, 6);
  expected << 1.0F, -2.0F, 65504.0F, 0x1p-24F, 0x1p-14F, 0.333251953125F;
  EXPECT_EQ(weights->read("half", 1, 6), expected);
  Matrix square(2, 2);
  square << 1.0F, -3.0F, 0.0F, 3.140625F;
  EXPECT_EQ(weights->read("brain", 2, 2), square);
  EXPECT_EQ(weights->read("single", 1, 1)(0, 0), 10);
  EXPECT_EQ(weights->shape("brain"), (std::vector<Index>{2, 2}));
  EXPECT_FALSE(weights->contains("absent"));
}

TEST(Safetensors, WriterRoundsToNearestEvenAndReaderGivesItBack) {
  const TemporaryDirectory directory;
  Matrix values(1, 3);
  values << 1.0F + 0x1p-8F, 1.0F + 3 * 0x1p-8F, -0x1.234567p3F;  // two ties of bfloat16: down to 1, up to 1 + 2^-6
  const auto path = directory.path() / "m.safetensors";
  write_safetensors(
      path, {{"f32", values}, {"bf16", values, true, StoredType::bf16}, {"f16", values, true, StoredType::f16}});
  const auto weights = open_safetensors(path);
  EXPECT_EQ(weights->read("f32", 1, 3), values);
  EXPECT_EQ(weights->read("bf16", 1, 3)(0, 0), 1.0F);
  EXPECT_EQ(weights->read("bf16", 1, 3)(0, 1), 1.0F + 0x1p-6F);
  EXPECT_EQ(weights->read("f16", 1, 3)(0, 1), 1.0F + 3 * 0x1p-8F);
  EXPECT_EQ(weights->shape("f32"), (std::vector<Index>{1, 3}));
  EXPECT_EQ(weights->shape("bf16"), (std::vector<Index>{3}));
}

TEST(Safetensors, ReadingSaysWhatIsWrong) {
  const TemporaryDirectory directory;
  const std::string header = object({tensor("ids", "I32", "[1]", "[0,4]"), tensor("nan", "F32", "[1]", "[4,8]")});
  const auto weights =
      open_safetensors(directory.write("m.safetensors", file_of(header, std::string("\0\0\0\0\0\0\xc0\x7f", 8))));
  const auto message = [&](const char* name, Index rows, Index columns) {
    return message_of<InputError>([&] { (void)weights->read(name, rows, columns); });
  };
  EXPECT_THAT(message("absent", 1, 1), AllOf(HasSubstr("m.safetensors"), HasSubstr("'absent'")));
  EXPECT_THAT(message("ids", 1, 1), AllOf(HasSubstr("I32"), HasSubstr("F32, F16 or BF16")));
  EXPECT_THAT(message("nan", 1, 1), AllOf(HasSubstr("'nan'"), HasSubstr("not finite")));
  EXPECT_THAT(message("nan", 2, 3), AllOf(HasSubstr("[1]"), HasSubstr("[2, 3]")));
}

TEST(Safetensors, TruncatedFilesAreRefused) {
  EXPECT_THAT(open_message(""), HasSubstr("0 bytes"));
  EXPECT_THAT(open_message("1234567"), HasSubstr("7 bytes"));
  const std::string whole = file_of(object({tensor("a", "F32", "[2]", "[0,8]")}), "12345678");
  EXPECT_THAT(open_message(whole.substr(0, 30)), HasSubstr("truncated"));
  EXPECT_THAT(open_message(whole.substr(0, whole.size() - 1)),
              AllOf(HasSubstr("/a/data_offsets"), HasSubstr("out of range")));
  EXPECT_THAT(open_message(whole + "9"), HasSubstr("describes 8 data bytes, the file holds 9"));
  EXPECT_THAT(open_message(std::string(8, '\xff') + "{}"), HasSubstr("18446744073709551615"));
}

TEST(Safetensors, LyingHeadersAreRefused) {
  const auto two = [](const std::string& a, const std::string& b) {
    return open_message(
        file_of(object({tensor("a", "F32", "[2]", a), tensor("b", "F32", "[2]", b)}), std::string(16, 'x')));
  };
  EXPECT_THAT(two("[0,8]", "[4,12]"), HasSubstr("'b' overlaps 'a'"));
  EXPECT_THAT(two("[0,8]", "[0,8]"), HasSubstr("overlaps"));
  EXPECT_THAT(two("[8,16]", "[9,17]"), HasSubstr("out of range"));
  EXPECT_THAT(two("[8,16]", "[8,0]"), HasSubstr("out of range"));
  EXPECT_THAT(two("[-8,0]", "[8,16]"), HasSubstr("-8"));
  EXPECT_THAT(two("[0,8,8]", "[8,16]"), HasSubstr("3 items"));
  EXPECT_THAT(two("[0,18446744073709551615]", "[8,16]"), HasSubstr("/a/data_offsets/1"));
  EXPECT_THAT(two("[0.0,8.0]", "[8,16]"), HasSubstr("not an integer"));
  const auto one = [](const std::string& entry) {
    return open_message(file_of(object({entry}), std::string(16, 'x')));
  };
  EXPECT_THAT(one(tensor("a", "F32", "[4]", "[4,16]")), AllOf(HasSubstr("16 bytes"), HasSubstr("give 12")));
  EXPECT_THAT(one(tensor("a", "F32", "[3]", "[4,16]")), HasSubstr("4 bytes that belong to no tensor"));
  EXPECT_THAT(one(tensor("a", "F12", "[4]", "[0,16]")), AllOf(HasSubstr("/a/dtype"), HasSubstr("'F12'")));
  EXPECT_THAT(one(tensor("a", "F32", "[4294967296,4294967296,4]", "[0,16]")), HasSubstr("more than 2^64"));
  EXPECT_THAT(one(tensor("a", "F32", "[-4]", "[0,16]")), HasSubstr("/a/shape/0"));
  EXPECT_THAT(one(tensor("a", "F32", "4", "[0,16]")), HasSubstr("/a/shape"));
  EXPECT_THAT(one(R"("a":{"dtype":"F32","shape":[4]})"), HasSubstr("'data_offsets'"));
  EXPECT_THAT(one(R"("a":{"dtype":"F32","shape":[4],"data_offsets":[0,16],"more":1})"), HasSubstr("'more'"));
  EXPECT_THAT(one(tensor("a", "F32", "[2]", "[0,8]") + "," + tensor("a", "F32", "[2]", "[8,16]")), HasSubstr("twice"));
  EXPECT_THAT(one(R"("a":[)"), HasSubstr("not valid JSON"));
  EXPECT_THAT(one(R"("a":[[[[[[]]]]]])"), HasSubstr("nested deeper"));
  EXPECT_THAT(one(R"("__metadata__":{"a":1})"), HasSubstr("/__metadata__/a"));
  EXPECT_THAT(open_message(file_of("[1]", "")), HasSubstr("not a JSON object"));
}

TEST(Safetensors, ShardsAreFoundThroughTheIndex) {
  const TemporaryDirectory directory;
  write_safetensors(directory.path() / "one.safetensors",
                    {{"a", Matrix::Constant(2, 2, 1)}, {"unlisted", Matrix::Constant(1, 1, 9)}});
  write_safetensors(directory.path() / "two.safetensors", {{"b", Matrix::Constant(2, 3, 2)}});
  directory.write("model.safetensors.index.json", R"({"metadata": {"total_size": 40},
    "weight_map": {"a": "one.safetensors", "b": "two.safetensors"}})");
  const auto weights = open_safetensors(directory.path());
  EXPECT_EQ(weights->read("a", 2, 2), Matrix::Constant(2, 2, 1));
  EXPECT_EQ(weights->read("b", 2, 3), Matrix::Constant(2, 3, 2));
  EXPECT_FALSE(weights->contains("unlisted"));
  const auto message = [&](const std::string& map) {
    directory.write("model.safetensors.index.json", R"({"weight_map": )" + map + "}");
    return message_of<InputError>([&] { (void)open_safetensors(directory.path()); });
  };
  EXPECT_THAT(message(R"({"b": "one.safetensors"})"), AllOf(HasSubstr("/weight_map/b"), HasSubstr("one.safetensors")));
  EXPECT_THAT(message(R"({"a": "three.safetensors"})"), HasSubstr("three.safetensors"));
  EXPECT_THAT(message(R"({"a": "../one.safetensors"})"), HasSubstr("/weight_map/a"));
  EXPECT_THAT(message(R"({"a": 1})"), HasSubstr("/weight_map/a"));
  EXPECT_THAT(message("{}"), HasSubstr("/weight_map"));
}

}  // namespace
}  // namespace aimc::workloads
