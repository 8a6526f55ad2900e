// yaml-cpp's event interface rather than its tree: only the events tell quoted scalars, aliases and tags, and duplicate
// keys, which its tree drops silently.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>

#include "base/check/error.h"
#include "base/config/node.h"
#include "base/files/text_file.h"

namespace aimc::config {
namespace {

// Far above any real file; a parser bug or a hostile file must not eat the stack or the memory.
constexpr std::size_t largest_document = std::size_t{8} << 20;
constexpr std::size_t deepest_nesting = 64;

/// Ends the walk over the events: everything after it would be noise.
struct Refused {
  Origin origin;
  std::string message;
};

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string file, Diagnostics& diagnostics) : file_(std::move(file)), diagnostics_(diagnostics) {}
  Node take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override { add(node_at(mark, Node::Kind::null)); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    throw Refused{origin(mark), "aliases (*name) are not supported; write the value out"};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                const std::string& value) override {
    check_tag(mark, tag);
    Node node = node_at(mark, Node::Kind::scalar);
    node.quoted = tag == "!";  // yaml-cpp marks every scalar that is not plain so
    node.scalar = value;
    if (!node.quoted && (value == "~" || value == "null" || value == "Null" || value == "NULL")) {
      node = node_at(mark, Node::Kind::null);
    }
    add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                       YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, Node::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, Node::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    Node node;
    std::optional<std::string> key;  ///< a key that waits for its value
    bool duplicate = false;          ///< that key was there before: its value is dropped
  };

  [[nodiscard]] Origin origin(const YAML::Mark& mark) const { return {file_, mark.line + 1}; }
  [[nodiscard]] Node node_at(const YAML::Mark& mark, Node::Kind kind) const {
    Node node;
    node.kind = kind;
    node.origin = origin(mark);
    return node;
  }
  void check_tag(const YAML::Mark& mark, const std::string& tag) const {
    if (tag.empty() || tag == "?" || tag == "!") return;
    throw Refused{origin(mark), fmt::format("tags ({}) are not supported", tag)};
  }
  void open(const YAML::Mark& mark, const std::string& tag, Node::Kind kind) {
    check_tag(mark, tag);
    if (waits_for_key()) throw Refused{origin(mark), "a key must be a scalar"};
    if (frames_.size() == deepest_nesting) {
      throw Refused{origin(mark), fmt::format("nested more than {} levels deep", deepest_nesting)};
    }
    frames_.push_back({node_at(mark, kind), std::nullopt, false});
  }
  void close() {
    Node node = std::move(frames_.back().node);
    frames_.pop_back();
    add(std::move(node));
  }
  [[nodiscard]] bool waits_for_key() const {
    return !frames_.empty() && frames_.back().node.kind == Node::Kind::map && !frames_.back().key;
  }
  void add(Node node) {
    if (frames_.empty()) {
      root_ = std::move(node);
    } else if (waits_for_key()) {
      take_key(node);
    } else if (Frame& frame = frames_.back(); frame.node.kind == Node::Kind::list) {
      frame.node.items.push_back(std::move(node));
    } else {
      if (!frame.duplicate) frame.node.entries.emplace_back(*frame.key, std::move(node));
      frame.key.reset();
    }
  }
  void take_key(const Node& node) {
    if (node.kind != Node::Kind::scalar) throw Refused{node.origin, "a key must be a scalar"};
    if (node.scalar == "<<" && !node.quoted) {
      throw Refused{node.origin, "merge keys (<<) are not supported; write the values out"};
    }
    Frame& frame = frames_.back();
    const Node* earlier = frame.node.find(node.scalar);
    frame.duplicate = earlier != nullptr;
    if (earlier != nullptr) {
      diagnostics_.error(node.origin, {},
                         fmt::format("key '{}' is given twice (first in line {})", node.scalar, earlier->origin.line));
    }
    frame.key = node.scalar;
  }

  std::string file_;
  Diagnostics& diagnostics_;
  std::vector<Frame> frames_;
  Node root_;
};

/// The parser silently ends a stream at a NUL.
bool has_control_characters(const std::string& text) { return text.find('\0') != std::string::npos; }

}  // namespace

Node parse_yaml(const std::string& text, const std::string& file_name, Diagnostics& diagnostics) {
  Node empty;
  empty.origin = {file_name, 1};
  if (text.size() > largest_document) {
    diagnostics.error({file_name, 0}, {}, fmt::format("is larger than {} MiB", largest_document >> 20));
    return empty;
  }
  if (has_control_characters(text)) {
    diagnostics.error({file_name, 0}, {}, "is not a text file: it contains NUL bytes");
    return empty;
  }
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    TreeBuilder builder(file_name, diagnostics);
    if (!parser.HandleNextDocument(builder)) return empty;
    Node root = builder.take_root();
    if (root.origin.file.empty()) root.origin = empty.origin;
    // At most one more: on some malformed texts yaml-cpp finds documents for ever.
    TreeBuilder second(file_name, diagnostics);
    if (parser.HandleNextDocument(second)) {
      throw Refused{second.take_root().origin, "holds more than one document (---)"};
    }
    return root;
  } catch (const Refused& refused) {
    diagnostics.error(refused.origin, {}, refused.message);
  } catch (const YAML::Exception& error) {
    diagnostics.error({file_name, error.mark.is_null() ? 0 : error.mark.line + 1}, {}, "not valid YAML: " + error.msg);
  }
  return empty;
}

Node read_yaml_file(const std::filesystem::path& path, Diagnostics& diagnostics) {
  try {
    return parse_yaml(read_text_file(path, largest_document), path.string(), diagnostics);
  } catch (const InputError& error) {
    diagnostics.error({}, {}, error.what());
    Node empty;
    empty.origin = {path.string(), 0};
    return empty;
  }
}

}  // namespace aimc::config
