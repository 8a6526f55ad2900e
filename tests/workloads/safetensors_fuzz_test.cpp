#include <gtest/gtest.h>

#include <random>

#include "base/check/error.h"
#include "workloads/model/safetensors_header.h"
#include "workloads/model/safetensors_writer.h"

namespace aimc::workloads {
namespace {

std::string sample_file() {
  return safetensors_bytes({{"model.norm.weight", Matrix::Constant(1, 4, 1), true},
                            {"lm_head.weight", Matrix::Constant(3, 4, 2), false, StoredType::bf16},
                            {"a", Matrix::Constant(2, 2, 3)}});
}

/// One random change of a file: a byte, a cut, an insertion, a copied piece, or a number replaced by a nasty one.
std::string mutated(std::string bytes, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % (n + 1)); };
  static const std::string nasty[] = {"-1",
                                      "0",
                                      "18446744073709551615",
                                      "9223372036854775807",
                                      "1e9",
                                      "null",
                                      "\"F64\"",
                                      "[]",
                                      "{}",
                                      "\\ud800",
                                      "\xff",
                                      "[[[[[[[[",
                                      "nan"};
  switch (random() % 5) {
    case 0:
      bytes[below(bytes.size() - 1)] = static_cast<char>(random());
      break;
    case 1:
      bytes.resize(below(bytes.size()));
      break;
    case 2:
      bytes.insert(below(bytes.size()), 1, static_cast<char>(random()));
      break;
    case 3: {
      const std::size_t from = below(bytes.size());
      bytes.insert(below(bytes.size()), bytes.substr(from, below(40)));
      break;
    }
    default: {
      const std::size_t at = bytes.find_first_of("0123456789", below(bytes.size()));
      if (at != std::string::npos) bytes.replace(at, 1, nasty[random() % std::size(nasty)]);
    }
  }
  return bytes;
}

// Whatever the bytes, reading gives a consistent header or an InputError: no crash, no other exception.
TEST(SafetensorsFuzz, MutatedFilesAreReadOrRefused) {
  std::mt19937 random(20240611);
  const std::string whole = sample_file();
  int accepted = 0, refused = 0;
  for (int i = 0; i < 30000; ++i) {
    std::string bytes = whole;
    for (auto changes = random() % 3 + 1; changes > 0; --changes)
      if (!bytes.empty()) bytes = mutated(bytes, random);
    try {
      const auto header = read_safetensors_header(std::as_bytes(std::span(bytes)), "fuzz");
      std::uint64_t described = 0;
      for (const auto& [name, entry] : header) {
        ASSERT_LE(entry.begin + entry.bytes, bytes.size()) << name;
        described += entry.bytes;
      }
      ASSERT_LT(described, bytes.size());
      ++accepted;
    } catch (const InputError& error) {
      ASSERT_NE(std::string(error.what()).find("fuzz"), std::string::npos) << error.what();
      ++refused;
    }
  }
  EXPECT_GT(accepted, 1000);  // changes of the data part alone
  EXPECT_GT(refused, 10000);
}

}  // namespace
}  // namespace aimc::workloads
