#include "base/random/stream.h"

#include <Random123/philox.h>

#include <cstring>

#include "base/check/check.h"
#include "base/random/domain.h"

namespace aimc {
namespace {

constexpr std::uint64_t golden_ratio = 0x9E3779B97F4A7C15;
constexpr std::uint64_t name_tag = 0x6E616D65;    // "name"
constexpr std::uint64_t number_tag = 0x6E756D62;  // "numb"

/// The finaliser of SplitMix64: a bijection in which every input bit changes every output bit with probability 1/2.
std::uint64_t mixed(std::uint64_t x) {
  x += golden_ratio;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

r123::Philox4x32::ctr_type philox_block(const RandomKey& key, std::uint64_t block, std::uint32_t domain) {
  const r123::Philox4x32::ctr_type counter = {
      {static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32), domain, 0}};
  const r123::Philox4x32::key_type philox_key = {
      {static_cast<std::uint32_t>(key.bits()), static_cast<std::uint32_t>(key.bits() >> 32)}};
  return r123::Philox4x32()(counter, philox_key);
}

}  // namespace

RandomKey::RandomKey(std::uint64_t seed) : bits_(mixed(seed)) {}

RandomKey RandomKey::child(std::string_view name) const {
  RandomKey result;
  std::uint64_t hash = bits_;
  for (std::size_t at = 0; at < name.size(); at += 8) {
    std::uint64_t chunk = 0;  // little-endian on every machine this builds on
    std::memcpy(&chunk, name.data() + at, std::min<std::size_t>(8, name.size() - at));
    hash = mixed(hash ^ chunk);
  }
  result.bits_ = mixed(hash ^ (name_tag + (static_cast<std::uint64_t>(name.size()) << 32)));
  return result;
}

RandomKey RandomKey::child(std::uint64_t number) const {
  RandomKey result;
  result.bits_ = mixed(mixed(bits_ ^ number) ^ number_tag);
  return result;
}

double uniform(const RandomKey& key, std::uint64_t index) {
  const auto words = philox_block(key, index / 2, random::uniform_domain);
  const std::size_t at = (index % 2) * 2;
  const std::uint64_t bits = (static_cast<std::uint64_t>(words[at + 1]) << 32) | words[at];
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

void fill_uniform(const RandomKey& key, std::uint64_t first, double* out, std::int64_t count) {
  AIMC_CHECK(count >= 0);
  for (std::int64_t i = 0; i < count; ++i) out[i] = uniform(key, first + static_cast<std::uint64_t>(i));
}

void fill_bytes(const RandomKey& key, std::uint64_t first, std::uint8_t* out, std::int64_t count) {
  constexpr std::int64_t per_block = 16;
  AIMC_CHECK(first % per_block == 0 && count >= 0);
  for (std::int64_t at = 0; at < count; at += per_block) {
    const auto words = philox_block(key, (first + static_cast<std::uint64_t>(at)) / per_block, random::byte_domain);
    std::memcpy(out + at, words.data(), static_cast<std::size_t>(std::min(per_block, count - at)));
  }
}

}  // namespace aimc
