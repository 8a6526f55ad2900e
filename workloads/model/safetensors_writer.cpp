#include "workloads/model/safetensors_writer.h"

#include <nlohmann/json.hpp>

#include "base/check/check.h"
#include "base/files/text_file.h"

namespace aimc::workloads {

std::string safetensors_bytes(const std::vector<NamedTensor>& tensors) {
  nlohmann::json header = {{"__metadata__", {{"format", "pt"}}}};
  std::size_t end = 0;
  for (const NamedTensor& tensor : tensors) {
    AIMC_CHECK(!header.contains(tensor.name), "tensor '{}' is written twice", tensor.name);
    AIMC_CHECK(!tensor.is_vector || tensor.values.rows() == 1, "{}: a vector of {} rows", tensor.name,
               tensor.values.rows());
    const std::size_t begin = end;
    end += static_cast<std::size_t>(tensor.values.size()) * bytes_per_value(tensor.type);
    nlohmann::json shape = {tensor.values.rows(), tensor.values.cols()};
    if (tensor.is_vector) shape = nlohmann::json::array({tensor.values.cols()});
    header[tensor.name] = {{"dtype", dtype_name(tensor.type)}, {"shape", shape}, {"data_offsets", {begin, end}}};
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(text.size() >> (8 * i) & 0xff);
  bytes += text;
  for (const NamedTensor& tensor : tensors) {
    const auto count = static_cast<std::size_t>(tensor.values.size());
    const std::size_t at = bytes.size();
    bytes.resize(at + count * bytes_per_value(tensor.type));
    store_values(tensor.type, {tensor.values.data(), count}, std::as_writable_bytes(std::span(bytes).subspan(at)));
  }
  return bytes;
}

void write_safetensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors) {
  write_file_atomically(path, safetensors_bytes(tensors));
}

}  // namespace aimc::workloads
