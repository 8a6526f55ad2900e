#include "tiles/crossbar/circuit_array.h"

#include <cmath>
#include <numeric>

namespace aimc::tiles {
namespace {

/// Sums [tokens, columns] of a product whose columns come in blocks.
template <class Product>
void multiply_blocks(const Product& product, const std::vector<float>& drives, Index tokens, std::vector<float>& sums) {
  const Index columns = product.out_features();
  std::vector<float> block_sums;
  for (Index block = 0; block < product.blocks(); ++block) {
    const Index first = product.block_begin(block), width = product.block_columns(block);
    if (width == columns) return product.multiply(drives.data(), tokens, block, sums.data());
    block_sums.resize(static_cast<std::size_t>(tokens * width));
    product.multiply(drives.data(), tokens, block, block_sums.data());
    for (Index token = 0; token < tokens; ++token)
      std::copy_n(block_sums.data() + token * width, width, sums.data() + token * columns + first);
  }
}

/// The same for sums that fp32 cannot hold.
void multiply_wide(const IntegerProduct& product, const std::vector<float>& drives, Index tokens, double* sums) {
  std::vector<double> block_sums;
  for (Index block = 0; block < product.blocks(); ++block) {
    const Index first = product.block_begin(block), width = product.block_columns(block);
    block_sums.resize(static_cast<std::size_t>(tokens * width));
    product.multiply(drives.data(), tokens, block, block_sums.data());
    for (Index token = 0; token < tokens; ++token)
      std::copy_n(block_sums.data() + token * width, width, sums + token * product.out_features() + first);
  }
}

}  // namespace

/// What the stages of one run share; all matrices have one row a request.
struct CircuitArray::Run {
  std::span<const MvmRequest> requests;
  std::span<double> totals;
  std::span<MvmOutcome> outcomes;
  Index tokens = 0;
  std::vector<float> codes, drives, helper;        ///< [tokens, rows]
  std::vector<float> narrow, current, far, power;  ///< [tokens, columns]
  std::vector<double> sums;                        ///< [tokens, columns]
  std::vector<std::vector<double>> carried;        ///< [slices] currents that wait for the next pass
};

CircuitArray::CircuitArray(const TileSpec& spec, const AnalogLinearOptions& options, const RowDrivers& drivers,
                           const ArrayPlace& place, Index outputs, HeldCells held, const RandomKey& key)
    : spec_(spec),
      effects_(options.effects),
      drivers_(drivers),
      place_(place),
      outputs_(outputs),
      on_grid_(options.arithmetic == CrossbarArithmetic::grid),
      weight_offset_(held.weight_offset) {
  for (std::size_t i = 0; i < held.slices.size(); ++i) {
    slices_.push_back(make_slice(held.slices[i], static_cast<int>(i), key));
    held.slices[i].codes.resize(0, 0);
  }
  const auto step = static_cast<float>(spec.adc.out_bound / largest_code(spec.adc.bits));
  scale_ = spec.slicing.weight_bits > 0 ? held.reference : Vector(held.reference * step);
}

CircuitArray::Slice CircuitArray::make_slice(const HeldSlice& held, int number, const RandomKey& key) const {
  const ColumnRange range{
      .first = place_.first_column, .columns = place_.columns, .outputs = outputs_, .slice = number};
  Slice slice{.exact = nullptr,
              .rounded = nullptr,
              .magnitudes = nullptr,
              .unit = held.unit,
              .worth = held.worth,
              .array = ArrayCircuits(spec_, effects_, range, key),
              .readout = ReadoutCircuits(spec_, effects_, range, key),
              .spread = ConverterSpread(spec_, effects_, range, key),
              .converters = {}};
  for (const InputPass& pass : drivers_.passes()) slice.converters.emplace_back(spec_, effects_, pass, held.unit);
  if (on_grid_ && drivers_.exact())
    slice.exact = std::make_unique<IntegerProduct>(held.codes, drivers_.full_scale(), ProductType::fp32);
  if (slice.exact == nullptr || slice.array.needs_current())
    slice.rounded = std::make_unique<PackedProduct>(held.codes, ProductType::fp32, ProductSums::rounded);
  if (slice.array.needs_current() || slice.array.needs_power()) {
    const Matrix magnitudes = held.codes.cwiseAbs();
    slice.magnitudes = std::make_unique<PackedProduct>(magnitudes, ProductType::fp32, ProductSums::rounded);
  }
  return slice;
}

/// Analog totals are codes of the converter and follow the fast path to the bit; sliced ones are products of input and
/// weight codes, many of them beyond 2^24.
float CircuitArray::affine(double total, Index column, float range) const {
  if (spec_.slicing.weight_bits == 0) return static_cast<float>(total) * scale_[column] * range;
  const double input_step = static_cast<double>(range) / largest_code(spec_.input.bits);
  return static_cast<float>(total * static_cast<double>(scale_[column]) * input_step);
}

const std::string& CircuitArray::implementation() const {
  const Slice& slice = slices_.front();
  return slice.exact != nullptr ? slice.exact->implementation() : slice.rounded->implementation();
}

Vector CircuitArray::probe(const RandomKey& key) const {
  std::vector<double> sums(static_cast<std::size_t>(columns())), totals(sums.size());
  std::vector<float> one_hot(static_cast<std::size_t>(rows()));
  for (Index row = 0; row < rows(); ++row) {
    one_hot[static_cast<std::size_t>(row)] = 1;
    const MvmRequest request{.x = one_hot.data(), .range = 1, .key = key.child(static_cast<std::uint64_t>(row))};
    MvmOutcome outcome;
    LinearCounts uncounted;
    run({&request, 1}, totals, {&outcome, 1}, uncounted);
    for (Index c = 0; c < columns(); ++c)
      sums[static_cast<std::size_t>(c)] +=
          std::fabs(static_cast<double>(affine(totals[static_cast<std::size_t>(c)], c, 1)));
    one_hot[static_cast<std::size_t>(row)] = 0;
  }
  Vector means(columns());
  for (Index c = 0; c < columns(); ++c)
    means[c] = static_cast<float>(sums[static_cast<std::size_t>(c)] / static_cast<double>(rows()));
  return means;
}

void CircuitArray::run(std::span<const MvmRequest> requests, std::span<double> totals, std::span<MvmOutcome> outcomes,
                       LinearCounts& counts) const {
  Run run{.requests = requests, .totals = totals, .outcomes = outcomes, .tokens = std::ssize(requests)};
  const auto inputs = static_cast<std::size_t>(run.tokens * rows());
  const auto sums = static_cast<std::size_t>(run.tokens * columns());
  for (auto* part : {&run.codes, &run.drives, &run.helper}) part->resize(inputs);
  for (auto* part : {&run.narrow, &run.current, &run.far, &run.power}) part->resize(sums);
  run.sums.resize(sums);
  run.carried.resize(slices_.size());
  for (Index token = 0; token < run.tokens; ++token) {
    const auto at = static_cast<std::size_t>(token);
    const MvmRequest& request = requests[at];
    outcomes[at] = {.clipped = drivers_.encode(request.x, rows(), request.range, run.codes.data() + token * rows()),
                    .saturated = 0,
                    .cut = 0};
  }
  start_totals(run);
  for (std::size_t pass = 0; pass < drivers_.passes().size(); ++pass) {
    for (Index token = 0; token < run.tokens; ++token)
      drivers_.drive(pass, run.codes.data() + token * rows(), rows(),
                     requests[static_cast<std::size_t>(token)].key.child("input_noise"),
                     run.drives.data() + token * rows());
    counts.dac_conversions += run.tokens * rows() * spec_.input.phases;
    for (std::size_t s = 0; s < slices_.size(); ++s) {
      const Slice& slice = slices_[s];
      multiply(slice, run);
      counts.cell_reads += run.tokens * rows() * columns() * spec_.input.phases;
      if (slice.array.acts()) let_array_act(slice, pass, run);
      std::vector<double>& carried = run.carried[s];
      for (std::size_t i = 0; i < carried.size(); ++i) run.sums[i] += carried[i];
      if (!drivers_.passes()[pass].converts) {
        carried = run.sums;
        continue;
      }
      convert(slice, pass, run);
      counts.adc_conversions += run.tokens * columns() * spec_.input.phases;
    }
  }
}

/// With offset encoding, the sum of the codes times the offset is taken off digitally (ISAAC's unit column).
void CircuitArray::start_totals(Run& run) const {
  for (Index token = 0; token < run.tokens; ++token) {
    const float* codes = run.codes.data() + token * rows();
    const double bias = weight_offset_ == 0 ? 0 : weight_offset_ * std::accumulate(codes, codes + rows(), 0.0);
    std::fill_n(run.totals.data() + token * columns(), columns(), -bias);
  }
}

void CircuitArray::multiply(const Slice& slice, Run& run) const {
  if (slice.exact != nullptr && slice.exact->chunks() > 1)
    return multiply_wide(*slice.exact, run.drives, run.tokens, run.sums.data());
  if (slice.exact != nullptr)
    multiply_blocks(*slice.exact, run.drives, run.tokens, run.narrow);
  else
    multiply_blocks(*slice.rounded, run.drives, run.tokens, run.narrow);
  std::copy(run.narrow.begin(), run.narrow.end(), run.sums.begin());
}

void CircuitArray::let_array_act(const Slice& slice, std::size_t pass, Run& run) const {
  const double full = drivers_.passes()[pass].full_scale();
  const auto drive_unit = static_cast<float>(1 / full), cell_unit = static_cast<float>(1 / slice.unit);
  const auto helped = [&](const PackedProduct& product, std::vector<float>& to, auto&& of_drive) {
    for (Index i = 0; i < std::ssize(run.drives); ++i)
      run.helper[static_cast<std::size_t>(i)] = of_drive(run.drives[static_cast<std::size_t>(i)] * drive_unit, i);
    multiply_blocks(product, run.helper, run.tokens, to);
    for (float& value : to) value *= cell_unit;
  };
  if (slice.array.needs_current()) {
    const auto near = [n = static_cast<double>(rows())](Index row) {
      const double far = 1 - static_cast<double>(row) / n;
      return static_cast<float>(1 - far * far);
    };
    helped(*slice.magnitudes, run.current, [](float x, Index) { return std::fabs(x); });
    helped(*slice.rounded, run.far, [&](float x, Index i) { return x * near(i % rows()); });
  }
  if (slice.array.needs_power()) helped(*slice.magnitudes, run.power, [](float x, Index) { return x * x; });
  for (Index token = 0; token < run.tokens; ++token) {
    const float* drives = run.drives.data() + token * rows();
    const Index at = token * columns();
    ArrayDrive drive{.rows = rows(),
                     .current = run.current.data() + at,
                     .far_sums = run.far.data() + at,
                     .power = run.power.data() + at};
    double squares = 0;
    for (Index i = 0; i < rows(); ++i) {
      const double x = static_cast<double>(drives[i]) / full;
      drive.input_sum += x;
      squares += x * x;
    }
    drive.input_norm = std::sqrt(squares);
    double* sums = run.sums.data() + at;
    for (Index c = 0; c < columns(); ++c) sums[c] /= full * slice.unit;
    slice.array.apply(drive, run.requests[static_cast<std::size_t>(token)].key.child(pass), sums);
    for (Index c = 0; c < columns(); ++c) sums[c] *= full * slice.unit;
  }
}

void CircuitArray::convert(const Slice& slice, std::size_t pass, Run& run) const {
  const InputPass& input = drivers_.passes()[pass];
  const ColumnConverter& converter = slice.converters[pass];
  const double unit = input.full_scale() * slice.unit;
  // Sliced totals count input code x weight code; analog ones count steps of the converter for a full-scale input.
  const bool sliced = spec_.slicing.weight_bits > 0;
  const double worth = sliced ? converter.step() * slice.worth * input.full_scale() * input.weight()
                              : input.full_scale() * input.weight() / largest_code(spec_.input.bits);
  for (Index token = 0; token < run.tokens; ++token) {
    double* sums = run.sums.data() + token * columns();
    if (slice.readout.acts()) {
      for (Index c = 0; c < columns(); ++c) sums[c] /= unit;
      slice.readout.apply(run.requests[static_cast<std::size_t>(token)].key.child(pass), sums);
      for (Index c = 0; c < columns(); ++c) sums[c] *= unit;
    }
    double* totals = run.totals.data() + token * columns();
    std::int64_t saturated = 0, cut = 0;
    for (Index c = 0; c < columns(); ++c) {
      const auto at = static_cast<std::size_t>(c);
      double value = converter.value(sums[c]);
      if (!slice.spread.gain.empty()) value *= static_cast<double>(slice.spread.gain[at]);
      if (!slice.spread.offset.empty()) value += static_cast<double>(slice.spread.offset[at]);
      saturated += converter.saturates(value) ? 1 : 0;
      cut += converter.exceeds_bound(value) ? 1 : 0;
      totals[c] += converter.code(value) * worth;
    }
    run.outcomes[static_cast<std::size_t>(token)].saturated += saturated;
    run.outcomes[static_cast<std::size_t>(token)].cut += cut;
  }
}

}  // namespace aimc::tiles
