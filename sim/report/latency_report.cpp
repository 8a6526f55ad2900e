#include "sim/report/latency_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/units/format.h"
#include "sim/report/item_lines.h"
#include "sim/report/labels.h"
#include "sim/report/request_statistics.h"
#include "sim/report/time_attribution.h"
#include "sim/report/use_of_units.h"

namespace aimc::sim {
namespace {

constexpr std::size_t value_column = 26;

std::string spaced(std::string_view name) {
  std::string label(name);
  std::ranges::replace(label, '_', ' ');
  return label;
}

std::string lengths(const InferenceWorkload& workload) {
  const Request& first = workload.requests.front();
  const bool alike = std::ranges::all_of(workload.requests, [&](const Request& r) {
    return r.prompt_tokens == first.prompt_tokens && r.new_tokens == first.new_tokens;
  });
  std::string text =
      alike ? fmt::format("{} prompt tokens, {} new", first.prompt_tokens, first.new_tokens)
            : fmt::format("{} prompt tokens, {} new in all", workload.prompt_tokens(), workload.new_tokens());
  if (first.context_tokens > 0) text += fmt::format(" after {}", first.context_tokens);
  return text;
}

std::string title(const CostResult& cost) {
  const InferenceWorkload& w = cost.workload;
  if (w.requests.size() == 1) return fmt::format("{}: {}, one sequence", cost.deployment, lengths(w));
  return fmt::format("{}: {} requests, {}", cost.deployment, w.requests.size(), lengths(w));
}

std::string repeats_part(const RunResult& r) {
  if (r.spec.hardware.tile.periphery.bound_management == tiles::BoundManagement::none) return "";
  if (!r.counts.not_compared.empty() && r.cost.timing.mvms > 0)
    return fmt::format("  without MVMs that bound management repeats: {}\n", r.counts.not_compared);
  const std::int64_t repeats = r.counts.repeated.total(Action::retry);
  return repeats == 0
             ? ""
             : fmt::format("  bound management repeats {} MVMs ({:.1f} %), in time as the mean of each linear\n",
                           repeats, 100.0 * static_cast<double>(repeats) / static_cast<double>(r.cost.timing.mvms));
}

// Both spans of the first request by stage.
std::string stages_part(const RunResult& r) {
  const TimingResult& t = r.cost.timing;
  const auto decoded = std::ssize(t.token_times) - 1;
  const bool several = r.cost.workload.requests.size() > 1;
  std::string text =
      fmt::format("  {:<24}{:>16}{:>24}\n", several ? "of the first request" : "", "first token", "per output token");
  text += fmt::format("  {:<24}{:>16}{:>24}\n", "time", format_quantity(t.time_to_first_token()),
                      decoded > 0 ? format_quantity(t.time_per_output_token()) : "-");
  text += repeats_part(r);
  const auto first = stage_list(t.first_token), decode = stage_list(t.decode);
  for (std::size_t i = 0; i < first.size(); ++i) {
    const auto share = [](Time part, Time whole) {
      return whole == Time{} ? 0.0 : 100.0 * part.seconds() / whole.seconds();
    };
    const Time each =
        Time::from_seconds(decode[i].second.seconds() / static_cast<double>(std::max<std::int64_t>(1, decoded)));
    text += fmt::format("    {:<22}{:>16}{:>5.1f} %{:>17}{:>5.1f} %\n", spaced(first[i].first),
                        format_quantity(first[i].second), share(first[i].second, t.first_token.total()),
                        decoded > 0 ? format_quantity(each) : "-", share(decode[i].second, t.decode.total()));
  }
  if (decoded > 0) text += fmt::format("  {:<24}{:>32.0f} tokens/s\n", "decode rate", decode_rate(t));
  return text;
}

std::string percentile_row(const char* what, const Percentiles& p) {
  return fmt::format("    {:<24}{:>12}{:>12}{:>12}{:>12}\n", what, format_quantity(Time::from_seconds(p.mean)),
                     format_quantity(Time::from_seconds(p.p50)), format_quantity(Time::from_seconds(p.p90)),
                     format_quantity(Time::from_seconds(p.p99)));
}

std::string requests_part(const TimingResult& timing) {
  const RequestStatistics s = request_statistics(timing);
  std::string text = fmt::format("  {:<26}{:>12}{:>12}{:>12}{:>12}\n", "of all requests", "mean", "p50", "p90", "p99");
  text += percentile_row("time to first token", s.time_to_first_token);
  if (s.time_per_output_token.mean > 0) {
    text += percentile_row("time per output token", s.time_per_output_token);
    text += percentile_row("between two tokens", s.inter_token_latency);
  }
  return text + fmt::format("  {:<24}{:.0f} tokens/s, all done after {}\n", "throughput", s.tokens_per_s,
                            format_quantity(timing.elapsed));
}

std::string use_part(const TimingResult& timing) {
  std::vector<std::string> items;
  for (const ClassUse& use : use_of_units(timing))
    if (use.used > 0) items.push_back(spaced(use.component) + " " + percent(use.of_used));
  const KvTraffic kv = kv_traffic(timing);
  return item_lines("  busy, of those used", value_column, items) +
         item_lines("  KV cache", value_column,
                    {format_quantity(DataSize(kv.read_bytes)) + " read",
                     format_quantity(DataSize(kv.written_bytes)) + " written",
                     fmt::format("{} on average", format_quantity(Bandwidth(kv.bytes_per_s)))});
}

std::string links_part(const TimingResult& timing) {
  std::vector<std::string> items;
  for (const LinkShare& link : busiest_links(timing, 3)) items.push_back(link.link + " " + percent(link.reserved));
  return items.empty() ? "" : item_lines("  busiest links", value_column, items);
}

// Several requests say it in any case: those that do not stay together are simulated whole, however many they are.
std::string sampling_part(const TimingResult& timing) {
  const DecodeSampling& sampling = timing.sampling;
  const std::int64_t all = sampling.simulated + sampling.interpolated;
  if (all == 0 || (sampling.interpolated == 0 && timing.requests.size() == 1)) return "";
  std::vector<std::string> items{fmt::format("{} of {} tokens simulated", sampling.simulated, all)};
  const double off = 100 * sampling.largest_deviation;
  if (sampling.interpolated > 0) {
    items.push_back(fmt::format("the others within {:.2g} %", off));
  } else if (off > 0) {
    items.push_back(fmt::format("joined within {:.2g} %", off));
  }
  return item_lines("  decode sampling", value_column, items);
}

}  // namespace

std::string latency_report(const RunResult& r) {
  const TimingResult& t = r.cost.timing;
  std::string text = fmt::format("\n{:<10}{}\n", "Latency", title(r.cost));
  text += stages_part(r);
  text += time_attribution(t);
  if (t.requests.size() > 1) text += requests_part(t);
  text += sampling_part(t);
  text += use_part(t);
  return text + links_part(t);
}

}  // namespace aimc::sim
