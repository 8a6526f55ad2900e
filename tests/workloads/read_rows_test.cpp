// Rows of a tensor are the rows of the whole, in every format.
#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "base/check/error.h"
#include "base/random/stream.h"
#include "tests/workloads/temporary_directory.h"
#include "workloads/model/safetensors_writer.h"
#include "workloads/model/weights.h"

namespace aimc::workloads {
namespace {

Matrix random(Index rows, Index columns) {
  Matrix values(rows, columns);
  fill_normal(RandomKey(1), 0, values.data(), values.size());
  return values;
}

TEST(ReadRows, AreTheRowsOfTheWhole) {
  const TemporaryDirectory directory;
  const Matrix values = random(7, 5);
  for (const StoredType type : {StoredType::f32, StoredType::f16, StoredType::bf16}) {
    const auto file = directory.write(
        "m.safetensors", safetensors_bytes({{.name = "pad", .values = random(1, 3), .is_vector = true, .type = type},
                                            {.name = "w", .values = values, .type = type}}));
    const auto source = open_safetensors(file);
    const Matrix whole = source->read("w", 7, 5);
    EXPECT_LT((whole - values).cwiseAbs().maxCoeff(), 0.02F);
    Matrix part = Matrix::Constant(4, 9, -1);
    source->read_rows("w", {7, 5}, 2, part.block(1, 2, 3, 5));
    EXPECT_EQ(part.block(1, 2, 3, 5), whole.middleRows(2, 3));
    EXPECT_EQ(part(0, 2), -1);
    EXPECT_EQ(part(1, 1), -1);
    EXPECT_EQ(part(3, 7), -1);
  }
}

TEST(ReadRows, AScalarIsOneByOne) {
  const TemporaryDirectory directory;
  const std::string header = R"({"s":{"dtype":"F32","shape":[],"data_offsets":[0,4]}})";
  const std::uint64_t length = header.size();
  const float value = 2.5F;
  std::string bytes(8 + header.size() + 4, ' ');
  std::memcpy(bytes.data(), &length, 8);
  std::memcpy(bytes.data() + 8, header.data(), header.size());
  std::memcpy(bytes.data() + 8 + header.size(), &value, 4);
  const auto source = open_safetensors(directory.write("m.safetensors", bytes));
  EXPECT_EQ(source->shape("s"), std::vector<Index>{});
  EXPECT_EQ(source->read("s", 1, 1)(0, 0), 2.5F);
}

TEST(ReadRows, TiedHeadReadsTheEmbedding) {
  const TemporaryDirectory directory;
  const auto file = directory.write("m.safetensors",
                                    safetensors_bytes({{.name = "model.embed_tokens.weight", .values = random(6, 4)}}));
  const auto tied = tie_head(open_safetensors(file));
  Matrix row(1, 4);
  tied->read_rows("lm_head.weight", {6, 4}, 5, row);
  EXPECT_EQ(row, random(6, 4).row(5));
}

TEST(ReadRows, OnlyTheRowsAskedForMustBeFinite) {
  const TemporaryDirectory directory;
  Matrix values = random(4, 3);
  values(2, 1) = std::numeric_limits<float>::quiet_NaN();
  const auto source =
      open_safetensors(directory.write("m.safetensors", safetensors_bytes({{.name = "w", .values = values}})));
  Matrix row(1, 3);
  EXPECT_NO_THROW(source->read_rows("w", {4, 3}, 1, row));
  EXPECT_THROW(source->read_rows("w", {4, 3}, 2, row), InputError);
  EXPECT_THROW(static_cast<void>(source->read("w", 4, 3)), InputError);
  EXPECT_THROW(source->read_rows("w", {3, 4}, 0, row), InputError);
}

}  // namespace
}  // namespace aimc::workloads
