#include "harness/faults/delay_distribution.hpp"

#include <algorithm>
#include <epicenter/base/units.hpp>
#include <initializer_list>

namespace epicenter::faults {

namespace {

constexpr const char* delay_wanted =
    "a delay is 500ms, 500ms..2s, {median: 1s, p99: 3s} or {mean: 1s, deviation: 200ms}";

result<duration> bounded(result<duration> value) {
  if (value && *value > longest_delay) return fail(errc::bad_parameter, "no delay may be longer than 1h");
  return value;
}

/// The member as a time; an error where it is absent.
result<duration> member(const json::object& o, std::string_view key) {
  const auto* found = o.find(key);
  if (found == nullptr) return fail(errc::bad_parameter, delay_wanted);
  return bounded(parse_time_value(*found));
}

bool has_only(const json::object& o, std::initializer_list<std::string_view> keys) {
  return std::all_of(o.begin(), o.end(), [&](const json::object::member& m) {
    return m.first == "kind" || std::find(keys.begin(), keys.end(), m.first) != keys.end();
  });
}

template <class Distribution>
result<delay_distribution> two_times(const json::object& o, std::string_view a, std::string_view b,
                                     bool ordered) {
  if (!has_only(o, {a, b})) return fail(errc::bad_parameter, delay_wanted);
  const auto first = member(o, a);
  if (!first) return fail(first.error());
  const auto second = member(o, b);
  if (!second) return fail(second.error());
  if (ordered && *second < *first) {
    return fail(errc::bad_parameter, std::string(b) + " is less than " + std::string(a));
  }
  return delay_distribution(Distribution{*first, *second});
}

result<delay_distribution> parse_object(const json::object& o) {
  const auto* kind = o.find("kind");
  const std::string named = kind != nullptr && kind->is_string() ? *kind->if_string() : std::string();
  if (kind != nullptr && named != "uniform" && named != "lognormal" && named != "normal") {
    return fail(errc::bad_parameter, "the kind of a delay is uniform, lognormal or normal");
  }
  if (named == "uniform" || o.contains("from")) return two_times<uniform_delay>(o, "from", "to", true);
  if (named == "lognormal" || o.contains("median")) {
    auto parsed = two_times<log_normal_delay>(o, "median", "p99", true);
    if (parsed && std::get<log_normal_delay>(*parsed).median <= duration::zero()) {
      return fail(errc::bad_parameter, "the median of a log-normal delay is above 0");
    }
    return parsed;
  }
  return two_times<normal_delay>(o, "mean", "deviation", false);
}

result<delay_distribution> parse_text(std::string_view text) {
  const auto dots = text.find("..");
  auto trimmed = [](std::string_view part) {
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    return json::value(part);
  };
  const auto from = bounded(parse_time_value(trimmed(text.substr(0, dots))));
  if (!from) return fail(from.error());
  if (dots == std::string_view::npos) return delay_distribution(uniform_delay{*from, *from});
  const auto to = bounded(parse_time_value(trimmed(text.substr(dots + 2))));
  if (!to) return fail(to.error());
  if (*to < *from) return fail(errc::bad_parameter, "the second bound of a delay is less than the first");
  return delay_distribution(uniform_delay{*from, *to});
}

}  // namespace

result<duration> parse_time_value(const json::value& given) {
  if (const auto* text = given.if_string()) {
    auto parsed = parse_duration(*text);
    if (!parsed) return fail(error(make_error_code(errc::bad_parameter), *text).caused_by(parsed.error()));
    return *parsed;
  }
  if (!given.is_number()) return fail(errc::bad_parameter, "a time with its unit is wanted, such as 500ms");
  const auto count = given.to_int64();
  if (!count || *count < 0)
    return fail(errc::bad_parameter, "a time in nanoseconds is a whole number from 0");
  return duration(*count);
}

result<delay_distribution> parse_delay(const json::value& given) {
  if (const auto* o = given.if_object()) return parse_object(*o);
  if (const auto* text = given.if_string()) return parse_text(*text);
  const auto constant = bounded(parse_time_value(given));
  if (!constant) return fail(constant.error());
  return delay_distribution(uniform_delay{*constant, *constant});
}

json::value to_json(const delay_distribution& d) {
  auto object = [](const char* kind, const char* a, duration first, const char* b, duration second) {
    return json::value(json::object{{"kind", kind},
                                    {a, json::value(std::int64_t{first.count()})},
                                    {b, json::value(std::int64_t{second.count()})}});
  };
  if (const auto* u = std::get_if<uniform_delay>(&d)) return object("uniform", "from", u->from, "to", u->to);
  if (const auto* l = std::get_if<log_normal_delay>(&d)) {
    return object("lognormal", "median", l->median, "p99", l->p99);
  }
  const auto& n = std::get<normal_delay>(d);
  return object("normal", "mean", n.mean, "deviation", n.deviation);
}

duration draw(const delay_distribution& d, runtime::random_stream& random) {
  duration drawn;
  if (const auto* u = std::get_if<uniform_delay>(&d)) {
    drawn = random.between(u->from, u->to);
  } else if (const auto* l = std::get_if<log_normal_delay>(&d)) {
    drawn = random.log_normal(l->median, l->p99);
  } else {
    const auto& n = std::get<normal_delay>(d);
    drawn = random.normal(n.mean, n.deviation);
  }
  return std::clamp(drawn, duration::zero(), longest_delay);
}

}  // namespace epicenter::faults
