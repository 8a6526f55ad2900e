#include "base/config/node.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/check/error.h"
#include "base/config/origin_at.h"

namespace aimc::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Node parse_ok(const std::string& text) {
  Diagnostics diagnostics;
  Node node = parse_yaml(text, "file.yaml", diagnostics);
  EXPECT_THAT(diagnostics.messages(), ElementsAre());
  return node;
}

std::vector<std::string> errors_of(const std::string& text) {
  Diagnostics diagnostics;
  (void)parse_yaml(text, "file.yaml", diagnostics);
  return diagnostics.messages();
}

/// Whether two trees hold the same data, wherever they were written.
bool same_data(const Node& a, const Node& b) {
  if (a.kind != b.kind || a.scalar != b.scalar || a.quoted != b.quoted) return false;
  if (a.items.size() != b.items.size() || a.entries.size() != b.entries.size()) return false;
  for (std::size_t i = 0; i < a.items.size(); ++i) {
    if (!same_data(a.items[i], b.items[i])) return false;
  }
  for (std::size_t i = 0; i < a.entries.size(); ++i) {
    if (a.entries[i].first != b.entries[i].first || !same_data(a.entries[i].second, b.entries[i].second)) return false;
  }
  return true;
}

TEST(ParseYaml, KeepsTextOrderQuotesAndLines) {
  const Node root = parse_ok("b: 010\na:\n  - 130 ns\n  - 'yes'\n  - {x: ~, y: null, z: }\nc:\n");
  ASSERT_EQ(root.kind, Node::Kind::map);
  ASSERT_EQ(root.entries.size(), 3U);
  EXPECT_EQ(root.entries[0].first, "b");
  EXPECT_EQ(root.find("b")->scalar, "010");
  EXPECT_FALSE(root.find("b")->quoted);
  const Node& list = *root.find("a");
  ASSERT_EQ(list.items.size(), 3U);
  EXPECT_EQ(list.items[0].scalar, "130 ns");
  EXPECT_TRUE(list.items[1].quoted);
  EXPECT_EQ(list.items[1].origin.text(), "file.yaml:4");
  for (const auto& [key, value] : list.items[2].entries) EXPECT_EQ(value.kind, Node::Kind::null) << key;
  EXPECT_EQ(root.find("c")->kind, Node::Kind::null);
  EXPECT_EQ(root.find("d"), nullptr);
}

TEST(ParseYaml, EmptyTextIsNull) {
  EXPECT_EQ(parse_ok("").kind, Node::Kind::null);
  EXPECT_EQ(parse_ok("# only a comment\n").kind, Node::Kind::null);
}

TEST(ParseYaml, ReportsEveryDuplicateAndKeepsTheFirst) {
  Diagnostics diagnostics;
  const Node root = parse_yaml("a: 1\nb: {x: 1, x: [2]}\na: {y: 3}\nc: 4\n", "file.yaml", diagnostics);
  EXPECT_THAT(diagnostics.messages(), ElementsAre("file.yaml:2: key 'x' is given twice (first in line 2)",
                                                  "file.yaml:3: key 'a' is given twice (first in line 1)"));
  EXPECT_EQ(root.find("a")->scalar, "1");
  EXPECT_EQ(root.find("c")->scalar, "4");
}

TEST(ParseYaml, RefusesWhatItDoesNotSupport) {
  EXPECT_THAT(errors_of("a: &x 1\nb: *x\n"), ElementsAre(HasSubstr("file.yaml:2: aliases")));
  EXPECT_THAT(errors_of("a:\n  <<: {b: 1}\n"), ElementsAre(HasSubstr("file.yaml:2: merge keys")));
  EXPECT_THAT(errors_of("a: !!int 1\n"), ElementsAre(HasSubstr("file.yaml:1: tags")));
  EXPECT_THAT(errors_of("[1, 2]: 3\n"), ElementsAre(HasSubstr("a key must be a scalar")));
  EXPECT_THAT(errors_of("a: 1\n---\nb: 2\n"), ElementsAre(HasSubstr("more than one document")));
  EXPECT_THAT(errors_of("a: [1, 2\nb: 3\n"), ElementsAre(HasSubstr("not valid YAML")));
  EXPECT_THAT(errors_of(std::string(100, '[') + std::string(100, ']')), ElementsAre(HasSubstr("levels deep")));
  EXPECT_THAT(errors_of(std::string(100'000, '[')), ElementsAre(testing::_));
  EXPECT_THAT(errors_of(std::string(9U << 20, ' ')), ElementsAre(HasSubstr("larger than")));
  EXPECT_THAT(errors_of(std::string("a: 1\0b", 6)), ElementsAre(HasSubstr("NUL")));
}

TEST(ParseYaml, EndsOnTextsThatMakeYamlCppFindDocumentsForEver) {
  EXPECT_FALSE(errors_of(",").empty());
  (void)errors_of("}");
  (void)errors_of("- - -\n- ?");
}

TEST(OriginAt, IsTheNearestThatWasWritten) {
  const Node root = parse_ok("a: 1\nb:\n  c:\n    d: 2\n  e: 3\n");
  EXPECT_EQ(origin_at(root, "b.c.d").line, 4);
  EXPECT_EQ(origin_at(root, "b.e").line, 5);
  EXPECT_EQ(origin_at(root, "b.e.f").line, 5);  // no mapping
  EXPECT_EQ(origin_at(root, "x.y").line, root.origin.line);
}

TEST(ReadYamlFile, NamesAMissingFile) {
  Diagnostics diagnostics;
  (void)read_yaml_file("/nonexistent/x.yaml", diagnostics);
  EXPECT_THAT(diagnostics.messages(), ElementsAre(HasSubstr("/nonexistent/x.yaml: cannot be read: No such file")));
  EXPECT_THROW(diagnostics.throw_if_any(), ConfigError);
}

TEST(ToYaml, ReadsBackToTheSameTree) {
  for (const char* text : {
           "a: 1\nb: '1'\nc: [1, [2, 3], {x: y}, [], {}]\nd: {}\ne: null\nf: \"null\"\ng: '~'\n",
           "'a: b': \"line\\nbreak \\\"quoted\\\" \\\\ tab\\t bell\\x07 e\\u0301\"\n'': ''\n'- x': ' padded '\n",
           "- - - deep\n    - x\n- {a: [{b: c, d: e}, {f: {g: h}}]}\n",
           "x: -5\ny: -1.5e-3\nz: '- 5'\nw: '#5'\nv: 'a #b'\n",
           "scalar",
           "'12'",
           "[]",
           "path: ../models/x.json\nunit: 3.92 pJ/bit\nglob: model.layers.*.q_proj\n",
           "text: |\n  two\n  lines\n",
           "a: '...'\nb: '---'\nc: '<<'\nd: '?'\ne: '%x'\nf: '@'\n",
       }) {
    const Node node = parse_ok(text);
    EXPECT_TRUE(same_data(parse_ok(to_yaml(node)), node)) << text << "\nbecame\n" << to_yaml(node);
  }
}

TEST(Merged, MapsMergeAndEverythingElseIsReplaced) {
  const Node base = parse_ok("a: {x: 1, y: [1, 2]}\nb: {value: 3 pJ, kind: published, source: paper}\nc: 5\n");
  const Node over = parse_ok("a: {y: [9], z: 4}\nb: {value: 4 pJ}\nd: 6\n");
  const Node expected = parse_ok("a: {x: 1, y: [9], z: 4}\nb: {value: 4 pJ}\nc: 5\nd: 6\n");
  EXPECT_EQ(to_yaml(merged(base, over)), to_yaml(expected));
}

std::string overridden(const std::string& text, const std::string& assignment) {
  Node root = parse_ok(text);
  Diagnostics diagnostics;
  apply_override(root, assignment, diagnostics);
  EXPECT_THAT(diagnostics.messages(), ElementsAre());
  return to_yaml(root);
}

TEST(ApplyOverride, ReplacesCreatesAndCountsListItems) {
  EXPECT_EQ(overridden("a: {b: 1}\n", "a.b=2"), "a:\n  b: 2\n");
  EXPECT_EQ(overridden("a: {b: 1}\n", "a.c.d=130 ns"), "a:\n  b: 1\n  c:\n    d: 130 ns\n");
  EXPECT_EQ(overridden("", "a.b=true"), "a:\n  b: true\n");
  EXPECT_EQ(overridden("l: [{x: 1}, {x: 2}]\n", "l.1.x=7"), "l:\n  - x: 1\n  - x: 7\n");
  EXPECT_EQ(overridden("l: []\n", "l=[1, 2]"), "l:\n  - 1\n  - 2\n");
  EXPECT_EQ(overridden("u: {}\n", "u.\"layers.*.q=k\".bits=8"), "u:\n  \"layers.*.q=k\":\n    bits: 8\n");
  EXPECT_EQ(overridden("a: 1\n", "a=x=y"), "a: \"x=y\"\n");
  EXPECT_EQ(overridden("a: 1\n", "a=null"), "a: null\n");
}

TEST(ApplyOverride, AnAnnotatedValueBecomesTheUsers) {
  const std::string text = "e: {value: 34.1 pJ, kind: published, source: paper, note: measured}\n";
  EXPECT_EQ(overridden(text, "e=12 pJ"), "e:\n  value: 12 pJ\n  kind: user\n");
  EXPECT_EQ(overridden(text, "e.value=12 pJ"), "e:\n  value: 12 pJ\n  kind: user\n");
}

TEST(ApplyOverride, ReportsWhatItCannotDo) {
  Node root = parse_ok("a: 1\nl: [1]\n");
  Diagnostics diagnostics;
  for (const char* wrong : {"a", "=1", "a..b=1", ".a=1", "a.b=1", "l.1=2", "l.x=2", "\"a=1", "l=[1"}) {
    apply_override(root, wrong, diagnostics);
  }
  EXPECT_EQ(diagnostics.messages().size(), 9U);
  EXPECT_THAT(diagnostics.messages()[4], HasSubstr("--set: a.b: 'b' is below a scalar"));
  EXPECT_THAT(diagnostics.messages()[5], HasSubstr("'1' does not name one of the 1 items"));
}

}  // namespace
}  // namespace aimc::config
