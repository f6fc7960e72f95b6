#include "harness/verdict/measure.hpp"

#include <algorithm>
#include <epicenter/stats/histogram.hpp>

namespace epicenter::verdict {
namespace {

using scenario::metric_id;
constexpr std::int64_t million = 1'000'000;

struct window {
  instant from;
  instant to;
  bool holds(instant t) const { return t >= from && t < to; }
};

template <class Range, class At>
std::uint64_t count_in(const Range& range, const window& w, At at) {
  return static_cast<std::uint64_t>(
      std::count_if(range.begin(), range.end(), [&](const auto& item) { return w.holds(at(item)); }));
}

measurement count_of(std::uint64_t n) {
  return {static_cast<int128>(n), 1, n, {}};
}

/// Operations are kept in the order of finishing, and none finishes before its intended start: what finished before the
/// window began is not in it, so a search from the end may stop there.
template <class Visit>
void for_operations(const observations& seen, const window& w, Visit visit) {
  for (auto it = seen.operations.rbegin(); it != seen.operations.rend() && it->finished >= w.from; ++it) {
    if (w.holds(it->intended)) visit(*it);
  }
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

measurement latency_percentile(const observations& seen, const window& w, std::int64_t ppm) {
  stats::histogram values;
  for_operations(seen, w, [&](const operation_sample& op) { values.record(op.latency()); });
  if (values.empty()) return {};
  const std::int64_t value = ppm == million ? values.max() : values.percentile(share{ppm});
  return {value, 1, values.count(), {}};
}

measurement amplification(const observations& seen, const window& w) {
  std::int64_t first = 0;
  std::int64_t all = 0;
  for (const auto& call : seen.calls) {
    if (call.purpose != call_purpose::operation || !w.holds(call.started)) continue;
    ++all;
    if (call.first_send) ++first;
  }
  return {static_cast<int128>(all) * million, first, static_cast<std::uint64_t>(first), {}};
}

measurement circuit_state_at_end(const observations& seen, const window& w, std::string_view only) {
  measurement m;
  for (std::size_t c = 0; c < seen.classes.size(); ++c) {
    if (!only.empty() && seen.classes[c] != only) continue;
    const auto calls = static_cast<std::uint64_t>(std::count_if(
        seen.calls.begin(), seen.calls.end(),
        [&](const call_sample& call) { return call.endpoint_class == c && w.holds(call.started); }));
    if (only.empty() && calls == 0) continue;
    scenario::circuit_state last = scenario::circuit_state::closed;
    for (const auto& change : seen.circuits) {
      if (change.endpoint_class == c && change.at < w.to) last = circuit_word(change.to);
    }
    m.state = m.denominator == 0 ? last : std::max(m.state, last);
    m.denominator = 1;
    m.samples += calls;
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
  return {total, 1, static_cast<std::uint64_t>(total > 0), {}};
}

measurement peak_in_flight(const observations& seen, const window& w) {
  std::vector<std::pair<instant, int>> edges;
  for (const auto& op : seen.operations) {
    if (op.finished <= w.from || op.intended >= w.to) continue;
    edges.emplace_back(std::max(op.intended, w.from), 1);
    edges.emplace_back(op.finished, -1);
  }
  std::sort(edges.begin(), edges.end());  // at one instant the leaving come first
  std::int64_t now = 0;
  std::int64_t peak = 0;
  for (const auto& [at, step] : edges) peak = std::max(peak, now += step);
  return {peak, 1, edges.size() / 2, {}};
}

measurement count_operations(const observations& seen, const window& w, bool operation_sample::*flag) {
  std::uint64_t n = 0;
  std::uint64_t total = 0;
  for_operations(seen, w, [&](const operation_sample& op) {
    ++total;
    if (op.*flag) ++n;
  });
  return {static_cast<int128>(n), 1, total, {}};
}

/// Writes are judged over the whole experiment: what is in Epic does not belong to a window.
measurement writes_missing_or_doubled(const observations& seen, bool doubled) {
  std::vector<std::string_view> filed;
  for (const auto& c : seen.commits) filed.push_back(c.identifier);
  std::sort(filed.begin(), filed.end());
  const auto times = [&](std::string_view id) {
    const auto [lo, hi] = std::equal_range(filed.begin(), filed.end(), id);
    return hi - lo;
  };
  std::uint64_t n = 0;
  for (const auto& asked : seen.writes_asked) {
    const auto t = times(asked.operation);
    if (doubled ? t > 1 : (asked.told == "WRITTEN" && t == 0)) ++n;
  }
  return {static_cast<int128>(n), 1, seen.writes_asked.size(), {}};
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
  const window w{from, to};
  switch (metric) {
    case metric_id::success_rate: return share_of(seen, w, false, false);
    case metric_id::write_success: return share_of(seen, w, true, false);
    case metric_id::error_rate: return share_of(seen, w, false, true);
    case metric_id::avg_latency: return average_latency(seen, w);
    case metric_id::p50_latency: return latency_percentile(seen, w, 500'000);
    case metric_id::p95_latency: return latency_percentile(seen, w, 950'000);
    case metric_id::p99_latency: return latency_percentile(seen, w, 990'000);
    case metric_id::max_latency: return latency_percentile(seen, w, million);
    case metric_id::circuit_state: return circuit_state_at_end(seen, w, endpoint_class);
    case metric_id::token_refreshes:
      return count_of(count_in(seen.token_refreshes, w, [](const auto& r) { return r.at; }));
    case metric_id::client_401s: return count_operations(seen, w, &operation_sample::unauthorized);
    case metric_id::stale_served: return count_operations(seen, w, &operation_sample::stale);
    case metric_id::retries: {
      std::uint64_t n = 0;
      for (const auto& call : seen.calls) {
        if (call.purpose == call_purpose::operation && !call.first_send && w.holds(call.started)) ++n;
      }
      return count_of(n);
    }
    case metric_id::retry_amplification: return amplification(seen, w);
    case metric_id::duplicate_writes: return writes_missing_or_doubled(seen, true);
    case metric_id::lost_writes: return writes_missing_or_doubled(seen, false);
    case metric_id::degraded_time: return degraded_time(seen, w);
    case metric_id::dropped_arrivals:
      return count_of(count_in(seen.dropped, w, [](instant at) { return at; }));
    case metric_id::in_flight: return peak_in_flight(seen, w);
  }
  return {};
}

reports::unit unit_of(metric_id metric) {
  switch (facts_of(metric).unit) {
    case scenario::metric_unit::ppm: return reports::unit::ppm;
    case scenario::metric_unit::nanoseconds: return reports::unit::nanoseconds;
    case scenario::metric_unit::count: return reports::unit::count;
    case scenario::metric_unit::millionths: return reports::unit::millionths;
    case scenario::metric_unit::state: return reports::unit::state;
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
