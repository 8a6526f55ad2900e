#include "sim/experiment/synthesize/origin.h"

#include <nlohmann/json.hpp>

#include "base/check/error.h"
#include "base/json/view.h"
#include "workloads/tokens/model_fingerprint.h"

namespace aimc::sim {
namespace {

namespace fs = std::filesystem;
constexpr const char* writer = "aimcsim synthesize";

}  // namespace

std::string model_name(const fs::path& model) {
  const fs::path whole = fs::weakly_canonical(model);
  return fs::is_directory(whole) ? whole.filename().string() : whole.stem().string();
}

std::string origin_of(const SynthesisRequest& request, std::int64_t bos) {
  nlohmann::ordered_json origin = {{"by", writer},
                                   {"model", model_name(request.model.path)},
                                   {"model_files", workloads::model_fingerprint(request.model.path)},
                                   {"bos", bos},
                                   {"temperature", request.sampling.temperature},
                                   {"top_k", request.sampling.top_k},
                                   {"top_p", request.sampling.top_p},
                                   {"seed", request.seed}};
  if (request.workers > 1) {
    origin["worker"] = request.worker;
    origin["workers"] = request.workers;
  }
  return origin.dump();
}

WorkerOrigin read_origin(const std::string& origin, const std::string& file) {
  auto json = nlohmann::ordered_json::parse(origin, nullptr, false);
  if (!json.is_object() || json.value("by", nlohmann::ordered_json()) != writer)
    throw InputError(fmt::format("{}: was not written by {}", file, writer));
  WorkerOrigin result;
  if (json.contains("workers")) {
    const nlohmann::json plain = json;
    const JsonView view(plain, file);
    result.workers = view.at("workers").integer(2, INT32_MAX);
    result.worker = view.at("worker").integer(0, result.workers - 1);
  }
  json.erase("worker");
  json.erase("workers");
  result.origin = json.dump();
  return result;
}

}  // namespace aimc::sim
