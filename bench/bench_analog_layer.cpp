// How fast is an analog layer (DAC, arrays, ADC per row tile, digital scale and sum) against oneDNN's plain bf16
// product of the same matrix? "ratio" is the share of the plain product's speed that the analog layer reaches, measured
// in turns in one run; 1 means that the converters cost nothing.
#include <benchmark/benchmark.h>

#include <omp.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <dnnl.hpp>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include "base/parallel/parallel.h"
#include "base/random/stream.h"
#include "tiles/crossbar/analog_linear.h"
#include "tiles/linear/product_primitive.h"

namespace {

using namespace aimc;
using namespace aimc::tiles;
using Clock = std::chrono::steady_clock;

constexpr Index in = 3072, out = 8192, rows = 512;

Matrix normals(Index height, Index width, std::uint64_t seed) {
  Matrix matrix(height, width);
  fill_normal(RandomKey(seed), 0, matrix.data(), matrix.size());
  return matrix;
}

TileSpec tile_spec() {
  TileSpec spec;
  spec.rows = spec.columns = rows;
  return spec;
}

AnalogLinearOptions options_for(Index inputs) {
  AnalogLinearOptions options;
  options.row_tiles = balanced_split(inputs, rows);
  options.input_ranges.assign(options.row_tiles.size(), 3.0F);
  return options;
}

std::unique_ptr<Linear> analog_layer(CrossbarKernel kernel, CrossbarArithmetic arithmetic) {
  AnalogLinearOptions options = options_for(in);
  options.kernel = kernel;
  options.arithmetic = arithmetic;
  const auto noise = make_device({.model = "pcm"});
  return make_analog_linear(normals(out, in, 1), tile_spec(), options, noise.get(), RandomKey(1));
}

/// oneDNN's own product with all threads, weights packed as it likes.
class PlainProduct {
 public:
  PlainProduct(Index tokens, dnnl::memory::data_type type)
      : engine_(dnnl::engine::kind::cpu, 0),
        stream_(engine_),
        description_(describe(tokens, type)),
        matmul_(description_),
        x_(description_.src_desc(), engine_),
        w_(description_.weights_desc(), engine_),
        y_(description_.dst_desc(), engine_) {
    fill(x_, {tokens, in}, normals(tokens, in, 2));
    fill(w_, {in, out}, normals(in, out, 3));
  }
  void run() {
    matmul_.execute(stream_, {{DNNL_ARG_SRC, x_}, {DNNL_ARG_WEIGHTS, w_}, {DNNL_ARG_DST, y_}});
    stream_.wait();
  }
  [[nodiscard]] std::string implementation() const { return description_.impl_info_str(); }

 private:
  using tag = dnnl::memory::format_tag;
  [[nodiscard]] dnnl::matmul::primitive_desc describe(Index tokens, dnnl::memory::data_type type) const {
    const dnnl::memory::desc x({tokens, in}, type, tag::ab), w({in, out}, type, tag::any);
    const dnnl::memory::desc y({tokens, out}, dnnl::memory::data_type::f32, tag::ab);
    return {dnnl::matmul::desc(x, w, y), engine_};
  }
  void fill(dnnl::memory& to, const dnnl::memory::dims& shape, Matrix values) {
    dnnl::memory from({shape, dnnl::memory::data_type::f32, tag::ab}, engine_, values.data());
    dnnl::reorder(from, to).execute(stream_, from, to);
    stream_.wait();
  }
  dnnl::engine engine_;
  dnnl::stream stream_;
  dnnl::matmul::primitive_desc description_;
  dnnl::matmul matmul_;
  dnnl::memory x_, w_, y_;
};

double wall_seconds(const std::function<void()>& work) {
  const auto begin = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

double thread_seconds(const std::function<void()>& work) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  };
  const double begin = now();
  work();
  return now() - begin;
}

/// One thread: its processor time, which other programs on the machine disturb least. More threads: wall time.
double seconds(int threads, const std::function<void()>& work) {
  return threads == 1 ? thread_seconds(work) : wall_seconds(work);
}

void use_threads(int threads) {
  set_thread_count(threads);
  omp_set_num_threads(threads);  // oneDNN's own team
}

/// One-thread figures of other simulators for this layer, in GFLOP/s: published in the project's issue 3 for another
/// 2-core AVX-512 machine, NOT measured here.
struct Published {
  Index tokens;
  double aihwkit_lightning, crosssim;
};
constexpr std::array<Published, 4> published{{{1, 1.6, 4.8}, {8, 16, 13}, {64, 61, 30}, {256, 110, 0}}};

void compare(benchmark::State& state, const Linear& layer, dnnl::memory::data_type plain_type) {
  const Index tokens = state.range(0);
  const auto threads = static_cast<int>(state.range(1));
  use_threads(threads);
  PlainProduct plain(tokens, plain_type);
  const Matrix x = normals(tokens, in, 4);
  Matrix y(tokens, out);
  LinearCounts counts;
  layer.forward(x, y, counts);
  plain.run();
  double best_layer = 1e9, best_plain = 1e9;
  for (auto _ : state) {
    const double layer_time = seconds(threads, [&] { layer.forward(x, y, counts); });
    best_plain = std::min(best_plain, seconds(threads, [&] { plain.run(); }));
    best_layer = std::min(best_layer, layer_time);
    state.SetIterationTime(layer_time);
  }
  const double work = 2e-9 * static_cast<double>(tokens * in * out);
  state.counters["ratio"] = best_plain / best_layer;
  state.counters["layer_GFLOP/s"] = work / best_layer;
  state.counters["plain_GFLOP/s"] = work / best_plain;
  const double bytes_per_weight = layer.kernel().starts_with("fp32") ? 4 : 2;
  if (tokens == 1)
    state.counters["weights_GB/s"] = 1e-9 * bytes_per_weight * static_cast<double>(in * out) / best_layer;
  for (const Published& other : published) {
    if (threads != 1 || other.tokens != tokens) continue;
    state.counters["x_AIHWKIT-Lightning*"] = work / best_layer / other.aihwkit_lightning;
    if (other.crosssim > 0) state.counters["x_CrossSim*"] = work / best_layer / other.crosssim;
  }
  state.SetLabel(std::string(layer.kernel()) + " against " + plain.implementation());
}

void automatic_against_bf16(benchmark::State& state) {
  static const auto layer = analog_layer(CrossbarKernel::automatic, CrossbarArithmetic::grid);
  compare(state, *layer, dnnl::memory::data_type::bf16);
}
void bf16_against_bf16(benchmark::State& state) {
  if (!has_fast_bf16()) return state.SkipWithError("this CPU has no bf16 instructions");
  static const auto layer = analog_layer(CrossbarKernel::bf16, CrossbarArithmetic::grid);
  compare(state, *layer, dnnl::memory::data_type::bf16);
}
void fp32_against_fp32(benchmark::State& state) {
  static const auto layer = analog_layer(CrossbarKernel::fp32, CrossbarArithmetic::grid);
  compare(state, *layer, dnnl::memory::data_type::f32);
}
void shapes(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"tokens", "threads"})->ArgsProduct({{1, 8, 64, 256}, {1, 2}})->Iterations(20);
  bench->UseManualTime()->Unit(benchmark::kMillisecond);
}
BENCHMARK(automatic_against_bf16)->Apply(shapes);
BENCHMARK(bf16_against_bf16)->Apply(shapes);
BENCHMARK(fp32_against_fp32)->Apply(shapes);

/// A plain read of as many bytes as the layer's weights take: what bounds a single token.
void read_weights(benchmark::State& state) {
  std::vector<std::uint64_t> bytes(static_cast<std::size_t>(in * out) * 2 / sizeof(std::uint64_t), 1);
  double best = 1e9;
  for (auto _ : state) {
    const auto read = [&] { benchmark::DoNotOptimize(std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0})); };
    const double time = seconds(1, read);
    best = std::min(best, time);
    state.SetIterationTime(time);
  }
  state.counters["weights_GB/s"] = 1e-9 * static_cast<double>(bytes.size() * sizeof(std::uint64_t)) / best;
}
BENCHMARK(read_weights)->Iterations(20)->Unit(benchmark::kMillisecond)->UseManualTime();

/// Programming: noise, grid and packing, in weights per second.
void program(benchmark::State& state) {
  const auto threads = static_cast<int>(state.range(0));
  use_threads(threads);
  const Matrix weights = normals(out, in, 1);
  const auto noise = make_device({.model = "pcm"});
  double best = 1e9;
  for (auto _ : state) {
    const auto build = [&] {
      benchmark::DoNotOptimize(make_analog_linear(weights, tile_spec(), options_for(in), noise.get(), RandomKey(1)));
    };
    const double time = seconds(threads, build);
    best = std::min(best, time);
    state.SetIterationTime(time);
  }
  state.counters["best_M_weights/s"] = 1e-6 * static_cast<double>(weights.size()) / best;
}
BENCHMARK(program)->ArgName("threads")->Arg(1)->Arg(2)->Iterations(20)->Unit(benchmark::kMillisecond)->UseManualTime();

/// Clean weights as a mapped file gives them: never a whole matrix in memory.
class MadeRows final : public WeightRows {
 public:
  MadeRows(Index height, Index width) : height_(height), width_(width) {}
  [[nodiscard]] Index rows() const override { return height_; }
  [[nodiscard]] Index cols() const override { return width_; }
  void read(Index first, MatrixSpan to) const override {
    for (Index c = 0; c < to.rows(); ++c)
      fill_normal(RandomKey(1), static_cast<std::uint64_t>((first + c) * width_), to.data() + c * to.outerStride(),
                  width_);
  }

 private:
  Index height_, width_;
};

/// A number of kB from /proc/self/status, in bytes; 0 where there is none.
double memory_of_process(const std::string& name) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name + ":")) return 1024 * std::strtod(line.c_str() + name.size() + 1, nullptr);
  return 0;
}

/// Peak memory of programming the head of a Llama-3.2 model, [128256, 2048], as a share of its bf16 weights.
void memory(benchmark::State& state) {
  const MadeRows weights(128256, 2048);
  const auto noise = make_device({.model = "pcm"});
  for (auto _ : state) {
    const double before = memory_of_process("VmRSS");
    std::ofstream("/proc/self/clear_refs") << 5;  // the peak begins anew
    const auto layer = make_analog_linear(weights, tile_spec(), options_for(2048), noise.get(), RandomKey(1));
    const auto bf16_bytes = 2 * static_cast<double>(weights.rows() * weights.cols());
    state.counters["peak_of_bf16"] = (memory_of_process("VmHWM") - before) / bf16_bytes;
    state.counters["kept_of_bf16"] = (memory_of_process("VmRSS") - before) / bf16_bytes;
    state.SetLabel(std::string(layer->kernel()));
  }
}
BENCHMARK(memory)->Iterations(1)->Unit(benchmark::kMillisecond)->UseRealTime();

/// A layer of a small model, where calls cost more than arithmetic.
void small_layer(benchmark::State& state) {
  const Index tokens = state.range(0), width = state.range(1);
  const auto layer =
      make_analog_linear(normals(width, width, 1), tile_spec(), options_for(width), nullptr, RandomKey(1));
  const Matrix x = normals(tokens, width, 2);
  Matrix y(tokens, width);
  LinearCounts counts;
  for (auto _ : state) layer->forward(x, y, counts);
  state.SetItemsProcessed(state.iterations() * tokens * width * width);
}
BENCHMARK(small_layer)->ArgsProduct({{1, 16, 256}, {64, 288}})->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
