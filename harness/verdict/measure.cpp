#include "harness/verdict/measure.hpp"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace epicenter::verdict {
namespace {

using scenario::metric_id;
constexpr std::int64_t million = 1'000'000;

struct window {
  instant from;
  instant to;
  instant finished_from = instant::min();  ///< operations only: what finished in [finished_from, finished_to)
  instant finished_to = instant::max();
  bool holds(instant t) const { return t >= from && t < to; }
  bool finished_in(instant t) const { return t >= finished_from && t < finished_to; }
};

template <class Range, class At>
std::int64_t count_in(const Range& range, const window& w, At at) {
  return std::count_if(range.begin(), range.end(), [&](const auto& item) { return w.holds(at(item)); });
}

/// A count of what happened among so many that were looked at: min_samples asks for the latter.
measurement count_of(std::int64_t n, std::int64_t examined) {
  return {n, 1, static_cast<std::uint64_t>(examined), {}};
}

/// Operations are kept in the order of finishing, and none finishes before its intended start: what finished
/// before the window began is not in it, so a search from the end may stop there.
template <class Visit>
void for_operations(const observations& seen, const window& w, Visit visit) {
  const auto earliest = std::max(w.from, w.finished_from);
  for (auto it = seen.operations.rbegin(); it != seen.operations.rend() && it->finished >= earliest; ++it) {
    if (w.holds(it->intended) && w.finished_in(it->finished)) visit(*it);
  }
}

std::int64_t operations_in(const observations& seen, const window& w) {
  std::int64_t n = 0;
  for_operations(seen, w, [&](const operation_sample&) { ++n; });
  return n;
}

/// Calls are kept in the order of starting.
std::span<const call_sample> calls_in(const observations& seen, const window& w) {
  const auto before = [](const call_sample& call, instant t) { return call.started < t; };
  const auto lo = std::lower_bound(seen.calls.begin(), seen.calls.end(), w.from, before);
  const auto hi = std::lower_bound(lo, seen.calls.end(), std::max(w.from, w.to), before);
  return {lo, hi};
}

measurement share_of(const observations& seen, const window& w, bool only_writes, bool of_failures) {
  std::int64_t hits = 0;
  std::int64_t total = 0;
  for_operations(seen, w, [&](const operation_sample& op) {
    if (only_writes && !is_write(op.kind)) return;
    ++total;
    if (op.succeeded != of_failures) ++hits;
  });
  return {static_cast<int128>(hits) * million, total, static_cast<std::uint64_t>(total), {}};
}

measurement average_latency(const observations& seen, const window& w) {
  measurement m;
  for_operations(seen, w, [&](const operation_sample& op) {
    m.numerator += op.latency().count();
    ++m.denominator;
  });
  m.samples = static_cast<std::uint64_t>(m.denominator);
  return m;
}

/// Nearest rank over the values themselves: a histogram's bucket would blur the bound that is judged.
measurement latency_percentile(const observations& seen, const window& w, std::int64_t ppm) {
  std::vector<std::int64_t> values;
  for_operations(seen, w, [&](const operation_sample& op) { values.push_back(op.latency().count()); });
  if (values.empty()) return {};
  const auto count = static_cast<std::int64_t>(values.size());
  const auto rank = std::max<std::int64_t>(1, (count * ppm + million - 1) / million);
  const auto nth = values.begin() + (rank - 1);
  std::nth_element(values.begin(), nth, values.end());
  return {*nth, 1, values.size(), {}};
}

measurement amplification(const observations& seen, const window& w) {
  std::int64_t first = 0;
  std::int64_t all = 0;
  for (const auto& call : calls_in(seen, w)) {
    if (call.purpose != call_purpose::operation) continue;
    ++all;
    if (call.first_send) ++first;
  }
  return {static_cast<int128>(all) * million, first, static_cast<std::uint64_t>(first), {}};
}

measurement retries(const observations& seen, const window& w) {
  std::int64_t again = 0;
  std::int64_t all = 0;
  for (const auto& call : calls_in(seen, w)) {
    if (call.purpose != call_purpose::operation) continue;
    ++all;
    if (!call.first_send) ++again;
  }
  return count_of(again, all);
}

measurement circuit_state_at_end(const observations& seen, const window& w, std::string_view only) {
  std::vector<std::uint64_t> calls(seen.classes.size());
  for (const auto& call : calls_in(seen, w)) ++calls[call.endpoint_class];
  std::vector<scenario::circuit_state> last(seen.classes.size(), scenario::circuit_state::closed);
  for (const auto& change : seen.circuits) {
    if (change.at < w.to) last[change.endpoint_class] = circuit_word(change.to);
  }
  measurement m;
  for (std::size_t c = 0; c < seen.classes.size(); ++c) {
    if (only.empty() ? calls[c] == 0 : seen.classes[c] != only) continue;
    m.state = m.empty() ? last[c] : std::max(m.state, last[c]);
    m.denominator = 1;
    m.samples += calls[c];
  }
  return m;
}

/// Nanoseconds within the window during which some degradation was active.
measurement degraded_time(const observations& seen, const window& w) {
  std::int64_t total = 0;
  int active = 0;
  instant since{};
  const auto add = [&](instant from, instant to) {
    const auto lo = std::max(from, w.from);
    const auto hi = std::min(to, w.to);
    if (lo < hi) total += (hi - lo).count();
  };
  for (const auto& e : seen.events) {
    if (e.name == "degradation.activated" && active++ == 0) since = e.at;
    if (e.name == "degradation.deactivated" && active > 0 && --active == 0) add(since, e.at);
  }
  if (active > 0) add(since, w.to);
  return count_of(total, operations_in(seen, w));
}

measurement peak_in_flight(const observations& seen, const window& w) {
  std::vector<std::pair<instant, int>> edges;
  std::int64_t overlapping = 0;
  for (auto op = seen.operations.rbegin(); op != seen.operations.rend() && op->finished > w.from; ++op) {
    if (op->intended >= w.to) continue;
    ++overlapping;
    edges.emplace_back(std::max(op->intended, w.from), 1);
    edges.emplace_back(op->finished, -1);
  }
  std::sort(edges.begin(), edges.end());  // at one instant the leaving come first
  std::int64_t now = 0;
  std::int64_t peak = 0;
  for (const auto& [at, step] : edges) peak = std::max(peak, now += step);
  return count_of(peak, overlapping);
}

measurement count_operations(const observations& seen, const window& w, bool operation_sample::*flag) {
  std::int64_t n = 0;
  std::int64_t total = 0;
  for_operations(seen, w, [&](const operation_sample& op) {
    ++total;
    if (op.*flag) ++n;
  });
  return count_of(n, total);
}

measurement dropped_arrivals(const observations& seen, const window& w) {
  const auto dropped = count_in(seen.dropped, w, [](instant at) { return at; });
  return count_of(dropped, dropped + operations_in(seen, w));
}

/// Writes are judged over the whole experiment: what is in Epic does not belong to a window. Nothing is
/// measured while it is not wholly known what is in Epic.
measurement writes_missing_or_doubled(const observations& seen, bool doubled) {
  if (!seen.commits_known || seen.commits_missing > 0) return {};
  std::vector<std::string_view> filed;
  for (const auto& c : seen.commits) filed.push_back(c.identifier);
  std::sort(filed.begin(), filed.end());
  std::int64_t n = 0;
  for (const auto& asked : seen.writes_asked) {
    const auto [lo, hi] = std::equal_range(filed.begin(), filed.end(), asked.operation);
    if (doubled ? hi - lo > 1 : (asked.told == "WRITTEN" && hi == lo)) ++n;
  }
  return count_of(n, static_cast<std::int64_t>(seen.writes_asked.size()));
}

measurement measure_in(const observations& seen, metric_id metric, const window& w,
                       std::string_view endpoint_class) {
  switch (metric) {
    case metric_id::success_rate:
      return share_of(seen, w, false, false);
    case metric_id::write_success:
      return share_of(seen, w, true, false);
    case metric_id::error_rate:
      return share_of(seen, w, false, true);
    case metric_id::avg_latency:
      return average_latency(seen, w);
    case metric_id::p50_latency:
      return latency_percentile(seen, w, 500'000);
    case metric_id::p95_latency:
      return latency_percentile(seen, w, 950'000);
    case metric_id::p99_latency:
      return latency_percentile(seen, w, 990'000);
    case metric_id::max_latency:
      return latency_percentile(seen, w, million);
    case metric_id::circuit_state:
      return circuit_state_at_end(seen, w, endpoint_class);
    case metric_id::token_refreshes:
      return count_of(count_in(seen.token_refreshes, w, [](const auto& r) { return r.at; }),
                      operations_in(seen, w));
    case metric_id::client_401s:
      return count_operations(seen, w, &operation_sample::unauthorized);
    case metric_id::stale_served:
      return count_operations(seen, w, &operation_sample::stale);
    case metric_id::retries:
      return retries(seen, w);
    case metric_id::retry_amplification:
      return amplification(seen, w);
    case metric_id::duplicate_writes:
      return writes_missing_or_doubled(seen, true);
    case metric_id::lost_writes:
      return writes_missing_or_doubled(seen, false);
    case metric_id::degraded_time:
      return degraded_time(seen, w);
    case metric_id::dropped_arrivals:
      return dropped_arrivals(seen, w);
    case metric_id::in_flight:
      return peak_in_flight(seen, w);
  }
  return {};
}

}  // namespace

int measurement::compare(std::int64_t bound) const {
  const int128 right = static_cast<int128>(bound) * denominator;
  return numerator < right ? -1 : numerator > right ? 1 : 0;
}

std::optional<std::int64_t> measurement::value() const {
  if (empty()) return std::nullopt;
  return static_cast<std::int64_t>(numerator / denominator);
}

scenario::circuit_state circuit_word(std::string_view s) {
  if (s == "open" || s == "forced_open") return scenario::circuit_state::open;
  if (s == "half_open") return scenario::circuit_state::half_open;
  return scenario::circuit_state::closed;
}

measurement measure(const observations& seen, metric_id metric, instant from, instant to,
                    std::string_view endpoint_class) {
  return measure_in(seen, metric, {from, to}, endpoint_class);
}

measurement measure_finished(const observations& seen, metric_id metric, instant since, instant from,
                             instant to) {
  return measure_in(seen, metric, {since, to, from, to}, {});
}

reports::unit unit_of(metric_id metric) {
  switch (facts_of(metric).unit) {
    case scenario::metric_unit::ppm:
      return reports::unit::ppm;
    case scenario::metric_unit::nanoseconds:
      return reports::unit::nanoseconds;
    case scenario::metric_unit::count:
      return reports::unit::count;
    case scenario::metric_unit::millionths:
      return reports::unit::millionths;
    case scenario::metric_unit::state:
      return reports::unit::state;
  }
  return reports::unit::count;
}

std::string show_bound(metric_id metric, std::int64_t bound) {
  reports::figure shown;
  shown.unit = unit_of(metric);
  shown.value = bound;
  return shown.shown();
}

}  // namespace epicenter::verdict
