#include "base/config/origin_at.h"

#include <algorithm>

namespace aimc::config {

Origin origin_at(const Node& root, std::string_view path) {
  const Node* node = &root;
  while (!path.empty()) {
    const std::string_view key = path.substr(0, path.find('.'));
    path.remove_prefix(std::min(path.size(), key.size() + 1));
    const Node* next = node->kind == Node::Kind::map ? node->find(key) : nullptr;
    if (next == nullptr) break;
    node = next;
  }
  return node->origin;
}

}  // namespace aimc::config
