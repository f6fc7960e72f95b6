#include "harness/faults/delay_distribution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <epicenter/base/units.hpp>
#include <initializer_list>
#include <optional>

namespace epicenter::faults {

namespace {

constexpr const char* delay_wanted =
    "a delay is 500ms, 500ms..2s, {median: 1s, p99: 3s}, {mean: 1s, deviation: 200ms}, {scale: 100ms, shape: "
    "2.5} or {values: [80ms, 120ms]}";

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

/// "2.5" as 2500; nullopt for what has another form, or more than three decimals.
std::optional<std::int64_t> thousandths(std::string_view text) {
  const auto point = std::min(text.find('.'), text.size());
  auto digits = std::string(text.substr(0, point));
  const auto decimals = text.substr(std::min(point + 1, text.size()));
  const bool written = !digits.empty() && decimals.empty() == (point == text.size()) && decimals.size() <= 3;
  digits.append(decimals).append(3 - std::min<std::size_t>(3, decimals.size()), '0');
  std::int64_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool whole = read.ec == std::errc() && read.ptr == digits.data() + digits.size();
  if (!written || !whole || digits.front() == '-') return std::nullopt;
  return value;
}

result<delay_distribution> parse_pareto(const json::object& o) {
  if (!has_only(o, {"scale", "shape"})) return fail(errc::bad_parameter, delay_wanted);
  const auto scale = member(o, "scale");
  if (!scale) return fail(scale.error());
  if (*scale <= duration::zero()) {
    return fail(errc::bad_parameter, "the scale of a Pareto delay is above 0");
  }
  const auto* given = o.find("shape");
  if (given == nullptr) return fail(errc::bad_parameter, delay_wanted);
  const auto digits = given->if_number();
  const auto text = given->if_string();
  const auto shape = thousandths(digits ? digits->text : text ? *text : json::text_view());
  if (!shape || *shape < 100 || *shape > 100'000) {
    return fail(errc::bad_parameter,
                "the shape of a Pareto delay is a number from 0.1 to 100 of at most three decimals");
  }
  return delay_distribution(pareto_delay{*scale, *shape});
}

result<delay_distribution> parse_samples(const json::object& o) {
  if (o.contains("samples")) {
    return fail(errc::bad_parameter,
                "a file of samples is read where it stands in a scenario; here give {values: [80ms, 120ms]}");
  }
  const auto* given = o.find("values");
  const auto* list = given != nullptr ? given->if_array() : nullptr;
  if (list == nullptr || !has_only(o, {"values"})) return fail(errc::bad_parameter, delay_wanted);
  if (list->empty() || list->size() > most_samples) {
    return fail(errc::bad_parameter, fmt::format("1 to {} values are wanted", most_samples));
  }
  std::vector<duration> samples;
  for (const auto& one : *list) {
    const auto read = bounded(parse_time_value(one));
    if (!read) return fail(read.error());
    samples.push_back(*read);
  }
  return delay_distribution(
      empirical_delay{std::make_shared<const std::vector<duration>>(quantiles(std::move(samples)))});
}

result<delay_distribution> parse_object(const json::object& o) {
  const auto* kind = o.find("kind");
  const std::string named =
      kind != nullptr && kind->is_string() ? std::string(*kind->if_string()) : std::string();
  constexpr std::array<std::string_view, 5> kinds{"uniform", "lognormal", "normal", "pareto", "empirical"};
  if (kind != nullptr && std::find(kinds.begin(), kinds.end(), named) == kinds.end()) {
    return fail(errc::bad_parameter, fmt::format("the kind of a delay is one of {}", fmt::join(kinds, ", ")));
  }
  const auto is = [&](std::string_view one, std::string_view key) {
    return kind != nullptr ? named == one : o.contains(key);
  };
  if (is("pareto", "scale")) return parse_pareto(o);
  if (is("empirical", "values") || is("empirical", "samples")) return parse_samples(o);
  if (is("uniform", "from")) return two_times<uniform_delay>(o, "from", "to", true);
  if (is("lognormal", "median")) {
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
  if (const auto text = given.if_string()) {
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
  if (const auto text = given.if_string()) return parse_text(*text);
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
  if (const auto* p = std::get_if<pareto_delay>(&d)) {
    return json::object{{"kind", "pareto"},
                        {"scale", json::value(std::int64_t{p->scale.count()})},
                        {"shape", thousandths_text(p->shape_thousandths)}};
  }
  if (const auto* e = std::get_if<empirical_delay>(&d)) {
    json::array values;
    for (const auto one : *e->sorted) values.emplace_back(std::int64_t{one.count()});
    return json::object{{"kind", "empirical"}, {"values", std::move(values)}};
  }
  const auto& n = std::get<normal_delay>(d);
  return object("normal", "mean", n.mean, "deviation", n.deviation);
}

std::string thousandths_text(std::int64_t value) {
  auto text = fmt::format("{}.{:03}", value / 1000, value % 1000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::vector<duration> quantiles(std::vector<duration> samples) {
  std::sort(samples.begin(), samples.end());
  if (samples.size() <= most_samples) return samples;
  std::vector<duration> kept;
  kept.reserve(most_samples);
  for (std::size_t i = 0; i < most_samples; ++i) {
    kept.push_back(samples[(2 * i + 1) * samples.size() / (2 * most_samples)]);
  }
  return kept;
}

duration draw(const delay_distribution& d, runtime::random_stream& random) {
  duration drawn;
  if (const auto* u = std::get_if<uniform_delay>(&d)) {
    drawn = random.between(u->from, u->to);
  } else if (const auto* l = std::get_if<log_normal_delay>(&d)) {
    drawn = random.log_normal(l->median, l->p99);
  } else if (const auto* p = std::get_if<pareto_delay>(&d)) {
    drawn = random.pareto(p->scale, static_cast<double>(p->shape_thousandths) / 1000);
  } else if (const auto* e = std::get_if<empirical_delay>(&d)) {
    drawn = (*e->sorted)[random.below(e->sorted->size())];
  } else {
    const auto& n = std::get<normal_delay>(d);
    drawn = random.normal(n.mean, n.deviation);
  }
  return std::clamp(drawn, duration::zero(), longest_delay);
}

}  // namespace epicenter::faults
