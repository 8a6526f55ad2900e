#include <gtest/gtest.h>

#include "base/random/stream.h"
#include "tests/base/schema_fixture.h"

namespace aimc::config {
namespace {

constexpr std::string_view seed_document = R"(name: x
rows: {value: 256, kind: published, source: "paper, p. 3"}
sigma: 1e-2
coding: pwm
latency: 34 ns
clock: null
sizes: [3, 4, 5]
adc:
  bits: 6
  energy: '2 pJ'
deployments:
  - {name: a, seeds: 3}
  - name: |
      b
parts: {left: {bits: 1}, "right.side": {bits: 2}}
)";

/// One to three pieces replaced, inserted, deleted or copied from elsewhere.
std::string mutated(const RandomKey& key) {
  std::string text(seed_document);
  std::uint64_t index = 0;
  const auto below = [&](std::size_t limit) {
    return static_cast<std::size_t>(uniform(key, index++) * static_cast<double>(limit));
  };
  constexpr std::string_view alphabet = "{}[]:,-?&*!|>'\"%@`#~ \n\t01e.nN<=\\xyz\x80\xff";
  for (std::size_t edits = 1 + below(3); edits > 0; --edits) {
    const std::size_t at = below(text.size());
    switch (below(4)) {
      case 0:
        text[at] = alphabet[below(alphabet.size())];
        break;
      case 1:
        text.insert(at, 1, alphabet[below(alphabet.size())]);
        break;
      case 2:
        text.erase(at, 1 + below(5));
        break;
      default:
        text.insert(at, text.substr(below(text.size()), below(30)));
    }
    if (text.empty()) return text;
  }
  return text;
}

TEST(ConfigFuzz, EveryTextEitherParsesOrIsRefusedAndTheRestReadsBack) {
  const RandomKey key(2024);
  int accepted = 0;
  constexpr int texts = 10'000;
  for (std::uint64_t i = 0; i < texts; ++i) {
    const std::string text = mutated(key.child(i));
    Diagnostics diagnostics;
    ProvenanceTable provenance;
    ParseContext context{diagnostics, provenance};
    Machine machine;
    const Node node = parse_yaml(text, "f", diagnostics);
    if (!diagnostics.ok()) continue;
    machine_schema().parse(node, "", machine, context);
    if (!diagnostics.ok()) continue;
    ++accepted;
    Machine again;
    machine_schema().parse(parse_yaml(to_yaml(node), "f", diagnostics), "", again, context);
    ASSERT_TRUE(diagnostics.ok()) << text << "\n" << to_yaml(node) << diagnostics.messages().front();
    ASSERT_EQ(again, machine) << text;
  }
  // Both ways out must be exercised.
  EXPECT_GT(accepted, texts / 50);
  EXPECT_LT(accepted, texts / 2);
}

}  // namespace
}  // namespace aimc::config
