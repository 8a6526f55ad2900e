#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "base/check/error.h"
#include "base/files/mapped_file.h"
#include "base/json/json.h"
#include "base/json/view.h"
#include "workloads/model/safetensors_header.h"
#include "workloads/model/stored_tensor.h"
#include "workloads/model/weights.h"

namespace aimc::workloads {
namespace {

/// One mapped file.
class SafetensorsFile : public WeightSource {
 public:
  explicit SafetensorsFile(const std::filesystem::path& path)
      : file_(path), name_(path.string()), header_(read_safetensors_header(file_.bytes(), name_)) {}

  [[nodiscard]] std::optional<std::vector<Index>> shape(const std::string& name) const override {
    const auto found = header_.find(name);
    if (found == header_.end()) return std::nullopt;
    return found->second.shape;
  }

  void read_rows(const std::string& name, const TensorShape& shape, Index first, MatrixSpan to) const override {
    const auto found = header_.find(name);
    if (found == header_.end()) throw InputError(fmt::format("{}: there is no tensor '{}'", name_, name));
    const SafetensorsEntry& entry = found->second;
    const std::vector<Index> expected{shape.rows, shape.columns};
    const bool vector = shape.rows == 1 && entry.shape == std::vector<Index>{shape.columns};
    const bool scalar = shape.rows == 1 && shape.columns == 1 && entry.shape.empty();
    if (entry.shape != expected && !vector && !scalar)
      throw InputError(fmt::format("{}: tensor '{}' has shape {}, not {}", name_, name, entry.shape, expected));
    const auto type = stored_type(entry.dtype);
    if (!type)
      throw InputError(
          fmt::format("{}: tensor '{}' is stored as {}; weights must be F32, F16 or BF16", name_, name, entry.dtype));
    load_rows(
        {*type, file_.bytes().subspan(entry.begin, entry.bytes), shape, fmt::format("{}: tensor '{}'", name_, name)},
        first, to);
  }

 private:
  MappedFile file_;
  std::string name_;
  SafetensorsHeader header_;
};

/// Several files and an index that says which tensor is where.
class ShardedSafetensors : public WeightSource {
 public:
  explicit ShardedSafetensors(const std::filesystem::path& index_path) {
    const nlohmann::json json = read_json_file(index_path, {.bytes = std::size_t{100} << 20, .depth = 8});
    const JsonView map = JsonView(json, index_path.string()).at("weight_map");
    if (!map.json().is_object() || map.json().empty()) map.fail("is not an object that names a file for each tensor");
    for (const auto& item : map.json().items()) {
      const JsonView entry = map.at(item.key());
      const std::string& shard = entry.text();
      if (std::filesystem::path(shard).filename() != shard || shard == "." || shard == "..")
        entry.fail(fmt::format("'{}' is not the name of a file beside the index", shard));
      auto& file = files_[shard];
      if (!file) file = std::make_unique<SafetensorsFile>(index_path.parent_path() / shard);
      if (!file->contains(item.key())) entry.fail(fmt::format("the file {} holds no such tensor", shard));
      place_.emplace(item.key(), file.get());
    }
    name_ = index_path.string();
  }

  [[nodiscard]] std::optional<std::vector<Index>> shape(const std::string& name) const override {
    const auto found = place_.find(name);
    if (found == place_.end()) return std::nullopt;
    return found->second->shape(name);
  }

  void read_rows(const std::string& name, const TensorShape& shape, Index first, MatrixSpan to) const override {
    const auto found = place_.find(name);
    if (found == place_.end()) throw InputError(fmt::format("{}: there is no tensor '{}'", name_, name));
    found->second->read_rows(name, shape, first, to);
  }

 private:
  std::string name_;
  std::map<std::string, std::unique_ptr<SafetensorsFile>> files_;
  std::unordered_map<std::string, const SafetensorsFile*> place_;
};

}  // namespace

std::unique_ptr<WeightSource> open_safetensors(const std::filesystem::path& directory_or_file) {
  const bool directory = std::filesystem::is_directory(directory_or_file);
  const auto single = directory ? directory_or_file / "model.safetensors" : directory_or_file;
  const auto index = directory_or_file / "model.safetensors.index.json";
  if (directory && !std::filesystem::exists(single) && std::filesystem::exists(index))
    return std::make_unique<ShardedSafetensors>(index);
  if (single.extension() == ".json") return std::make_unique<ShardedSafetensors>(single);
  return std::make_unique<SafetensorsFile>(single);
}

}  // namespace aimc::workloads
