// Faults drawn from the whole catalog, with parameters and selections that are valid.
#pragma once

#include <algorithm>
#include <array>
#include <epicenter/runtime/random.hpp>
#include <string>

#include "harness/faults/catalog.hpp"
#include "harness/faults/injector.hpp"

namespace epicenter::proxy::testing {

/// True where bytes may become others, or be lost. A type that is new is taken for such a one.
inline bool changes_bytes(std::string_view type) {
  static constexpr std::array<std::string_view, 9> keep{"latency", "chunk_latency", "bandwidth",
                                                        "stall",   "slice",         "slow_close",
                                                        "noop",    "slow_headers",  "slow_body"};
  return std::find(keep.begin(), keep.end(), type) == keep.end();
}

class random_faults {
 public:
  explicit random_faults(runtime::random_stream random) : random_(random) {}

  runtime::random_stream& random() { return random_; }
  bool chance(int percent) { return random_.below(100) < static_cast<std::uint64_t>(percent); }

  /// `harmful`: one that may change bytes may be drawn, too.
  faults::fault_spec draw(std::string id, bool harmful) {
    faults::fault_spec spec;
    spec.id = std::move(id);
    const auto& type = draw_type(harmful);
    spec.type = type.name;
    spec.parameters = parameters_of(type);
    spec.match = draw_selection(spec.type == "tls" || spec.type == "dns");
    spec.lease = random_.between(duration(50ms), duration(2s));
    if (chance(25)) spec.ramp_in = random_.between(duration(0ms), duration(1s));
    if (chance(25)) {
      spec.lasting = spec.lease;
      spec.ramp_out = random_.between(duration(0ms), spec.lease);
    }
    if (chance(20)) spec.max_active = 1 + random_.below(3);
    spec.last = chance(20);
    return spec;
  }
  /// Of the same fault, for a change in place.
  json::object parameters_of(const faults::fault_type& type) {
    for (;;) {
      json::object drawn;
      for (const auto& p : type.parameters) {
        if (!p.required && chance(p.default_text.empty() ? 60 : 30)) continue;
        drawn.set(std::string(p.name), value_of(p));
      }
      if (faults::make_fault(type, drawn)) return drawn;
    }
  }

 private:
  const faults::fault_type& draw_type(bool harmful) {
    const auto all = faults::all();
    for (;;) {
      const auto& type = all[random_.below(all.size())];
      if (type.carrier != faults::carrier::proxy) continue;
      if (harmful || !changes_bytes(type.name)) return type;
    }
  }

  template <std::size_t N>
  std::string one_of(const std::array<std::string_view, N>& words) {
    return std::string(words[random_.below(N)]);
  }
  std::int64_t time_up_to(std::int64_t lowest, std::int64_t highest) {
    if (lowest == 0 && chance(20)) return 0;
    const auto most = std::min(highest, duration(chance(70) ? 100ms : 2s).count());
    return random_.between(lowest, std::max(lowest, most));
  }
  json::value delay() {
    const auto a = random_.between(std::int64_t{0}, std::int64_t{400'000'000}),
               b = 1 + time_up_to(0, INT64_MAX);
    switch (random_.below(3)) {
      case 0:
        return json::object{{"kind", "uniform"}, {"from", std::min(a, b)}, {"to", std::max(a, b)}};
      case 1:
        return json::object{
            {"kind", "lognormal"}, {"median", 1 + std::min(a, b)}, {"p99", 1 + std::max(a, b)}};
      default:
        return json::object{{"kind", "normal"}, {"mean", a}, {"deviation", b / 2}};
    }
  }
  json::value value_of(const faults::parameter& p) {
    using kind = faults::parameter_kind;
    const auto bounded = [&](std::int64_t most) {
      return random_.between(p.minimum, std::max(p.minimum, std::min(p.maximum, most)));
    };
    switch (p.kind) {
      case kind::boolean:
        return chance(50);
      case kind::integer:
        return bounded(p.minimum + 250);
      case kind::span_of_time:
        return time_up_to(p.minimum, p.maximum);
      case kind::delay:
        return delay();
      case kind::choice:
        return std::string(p.choices[random_.below(p.choices.size())]);
      case kind::status_list:
        return json::array{bounded(599), bounded(599)};
      case kind::retry_after:
        return json::object{{"form", chance(50) ? "seconds" : "date"},
                            {"after", time_up_to(0, duration(60s).count())}};
      case kind::share:
        return std::to_string(random_.below(100)) + "%";
      case kind::size:
        return bounded(chance(50) ? 300 : 20'000);
      case kind::size_rate:
        return bounded(std::int64_t{100} << random_.below(15));
      case kind::call_rate:
        return std::to_string(1 + random_.below(50)) + "/s";
      case kind::text:
        break;
    }
    static constexpr std::array<std::string_view, 5> texts{"/elsewhere", "https://epic.example/x", "X-Kept",
                                                           "X-Added", "Authorization"};
    return one_of(texts);
  }

  faults::selection draw_selection(bool only_connections) {
    faults::selection s;
    if (chance(40)) s.rate.ppm = static_cast<std::int64_t>(random_.below(1'000'001));
    for (auto* count : {&s.first, &s.nth, &s.every, &s.after})
      if (chance(8)) *count = 1 + random_.below(6);
    if (chance(10)) s.client = one_of(std::array<std::string_view, 2>{"127.0.0.1", "10.0.0.1"});
    if (only_connections) return s;
    if (chance(10)) s.method = one_of(std::array<std::string_view, 3>{"GET", "POST", "HEAD"});
    if (chance(10)) s.path = one_of(std::array<std::string_view, 2>{"/c1/**", "/**/Patient/*"});
    if (chance(8)) s.header = one_of(std::array<std::string_view, 2>{"X-Kept", "X-Kept: none"});
    if (chance(8)) s.body = one_of(std::array<std::string_view, 2>{"resourceType: Patient", "id"});
    return s;
  }

  runtime::random_stream random_;
};

}  // namespace epicenter::proxy::testing
