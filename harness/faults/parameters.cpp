// Reading the values of parameters: from what people write to what factories get.
#include <fmt/format.h>
#include <epicenter/base/units.hpp>

#include "harness/faults/catalog.hpp"
#include "harness/faults/delay_distribution.hpp"

namespace epicenter::faults {

namespace {

template <class... Args>
tl::unexpected<error> bad(const parameter& p, fmt::format_string<Args...> format, Args&&... args) {
  return fail(errc::bad_parameter,
              fmt::format("{}: ", p.name) + fmt::format(format, std::forward<Args>(args)...));
}

tl::unexpected<error> bad(const parameter& p, const error& why) {
  return fail(error(make_error_code(errc::bad_parameter), std::string(p.name)).caused_by(why));
}

result<json::value> integer_value(const parameter& p, const json::value& given) {
  const auto read = given.to_int64();
  if (!given.is_number() || !read) return bad(p, "a whole number is wanted");
  if (*read < p.minimum || *read > p.maximum) return bad(p, "from {} to {} is allowed", p.minimum, p.maximum);
  return json::value(*read);
}

result<json::value> time_value(const parameter& p, const json::value& given) {
  const auto read = parse_time_value(given);
  if (!read) return bad(p, read.error());
  if (read->count() < p.minimum || read->count() > p.maximum) {
    return bad(p, "from {} to {} is allowed", format_duration(duration(p.minimum)),
               format_duration(duration(p.maximum)));
  }
  return json::value(std::int64_t{read->count()});
}

result<json::value> choice_value(const parameter& p, const json::value& given) {
  const auto text = given.if_string();
  for (const auto choice : p.choices) {
    if (text != nullptr && *text == choice) return json::value(choice);
  }
  return bad(p, "one of {} is wanted", fmt::join(p.choices, ", "));
}

result<json::value> status_list_value(const parameter& p, const json::value& given) {
  json::array read;
  const auto* list = given.if_array();
  const std::size_t count = list != nullptr ? list->size() : 1;
  if (count == 0 || count > 32) return bad(p, "1 to 32 statuses are wanted");
  for (std::size_t i = 0; i < count; ++i) {
    auto one = integer_value(p, list != nullptr ? (*list)[i] : given);
    if (!one) return one;
    read.push_back(std::move(*one));
  }
  return json::value(std::move(read));
}

result<json::value> retry_after_value(const parameter& p, const json::value& given) {
  std::string form = "seconds";
  const json::value* after = &given;
  if (const auto* o = given.if_object()) {
    const auto* named = o->find("form");
    after = o->find("after");
    if (named == nullptr || after == nullptr || o->size() != 2 || named->if_string() == nullptr ||
        (*named->if_string() != "seconds" && *named->if_string() != "date")) {
      return bad(p, "{{form: seconds or date, after: 30s}} is wanted");
    }
    form = *named->if_string();
  }
  auto read = time_value(p, *after);
  if (!read) return read;
  return json::value(json::object{{"form", form}, {"after", std::move(*read)}});
}

result<json::value> text_value(const parameter& p, const json::value& given) {
  constexpr std::size_t longest = 1024;
  const auto text = given.if_string();
  if (text == nullptr || text->empty() || text->size() > longest)
    return bad(p, "a text of 1 to {} bytes is wanted", longest);
  return given;
}

result<json::value> share_value(const parameter& p, const json::value& given) {
  const auto text = given.if_string();
  const auto digits = given.if_number();
  const auto read = parse_share(text ? *text : digits ? digits->text : json::text_view());
  if (!read) return bad(p, "a share such as 30% or 0.3 is wanted");
  if (read->ppm < p.minimum || read->ppm > p.maximum)
    return bad(p, "from {} to {} is allowed", format_share(share{p.minimum}), format_share(share{p.maximum}));
  return json::value(format_share(*read));
}

result<json::value> size_value(const parameter& p, const json::value& given, std::string_view unit_of) {
  const auto text = given.if_string();
  if (text == nullptr) return integer_value(p, given);
  std::string_view digits = *text;
  if (!digits.ends_with(unit_of)) return bad(p, "a size such as 64kB{} is wanted", unit_of);
  digits.remove_suffix(unit_of.size());
  const auto read = parse_size(digits);
  if (!read) return bad(p, read.error());
  if (*read > static_cast<std::uint64_t>(INT64_MAX))
    return bad(p, "from {} to {} is allowed", p.minimum, p.maximum);
  return integer_value(p, json::value(static_cast<std::int64_t>(*read)));
}

result<json::value> call_rate_value(const parameter& p, const json::value& given) {
  std::int64_t events = 0;
  duration period{};
  if (const auto* o = given.if_object()) {
    const auto* e = o->find("events");
    const auto* d = o->find("period");
    const auto n = e != nullptr ? e->to_int64() : result<std::int64_t>(0);
    const auto ns = d != nullptr ? d->to_int64() : result<std::int64_t>(0);
    events = n.value_or(0);
    period = duration(ns.value_or(0));
  } else if (const auto text = given.if_string()) {
    const auto read = parse_rate(*text);
    if (!read) return bad(p, read.error());
    events = static_cast<std::int64_t>(read->events);
    period = read->period;
  }
  if (events <= 0 || period <= duration::zero()) return bad(p, "a rate such as 10/s is wanted");
  return json::value(
      json::object{{"events", json::value(events)}, {"period", json::value(std::int64_t{period.count()})}});
}

/// A default is kept as people would write it: a number, a word, true or false.
json::value default_value(const parameter& p) {
  const std::string text(p.default_text);
  switch (p.kind) {
    case parameter_kind::boolean:
      return text == "true";
    case parameter_kind::integer:
    case parameter_kind::status_list:
      return json::number{text};
    default:
      return text;
  }
}

}  // namespace

result<json::value> canonical_value(const parameter& p, const json::value& given) {
  switch (p.kind) {
    case parameter_kind::boolean:
      if (!given.is_bool()) return bad(p, "true or false is wanted");
      return given;
    case parameter_kind::integer:
      return integer_value(p, given);
    case parameter_kind::span_of_time:
      return time_value(p, given);
    case parameter_kind::delay: {
      const auto read = parse_delay(given);
      if (!read) return bad(p, read.error());
      return to_json(*read);
    }
    case parameter_kind::choice:
      return choice_value(p, given);
    case parameter_kind::status_list:
      return status_list_value(p, given);
    case parameter_kind::retry_after:
      return retry_after_value(p, given);
    case parameter_kind::text:
      return text_value(p, given);
    case parameter_kind::share:
      return share_value(p, given);
    case parameter_kind::size:
      return size_value(p, given, "");
    case parameter_kind::size_rate:
      return size_value(p, given, "/s");
    case parameter_kind::call_rate:
      return call_rate_value(p, given);
  }
  return bad(p, "unknown kind of parameter");
}

result<json::object> canonical_parameters(const fault_type& type, const json::object& given) {
  for (const auto& [name, value] : given) {
    if (type.find(name) != nullptr) continue;
    std::string known;
    for (const auto& p : type.parameters) known += (known.empty() ? "" : ", ") + std::string(p.name);
    return fail(errc::unknown_parameter, fmt::format("{} has no {}; it has: {}", type.name, name, known));
  }
  json::object read;
  for (const auto& p : type.parameters) {
    const auto* value = given.find(p.name);
    if (value == nullptr && p.required) {
      return fail(errc::missing_parameter, fmt::format("{} needs {}", type.name, p.name));
    }
    if (value == nullptr && p.default_text.empty()) continue;
    auto canonical = canonical_value(p, value != nullptr ? *value : default_value(p));
    if (!canonical) return fail(canonical.error());
    read.set(std::string(p.name), std::move(*canonical));
  }
  if (type.check != nullptr) {
    if (auto sound = type.check(read); !sound) return fail(sound.error());
  }
  return read;
}

}  // namespace epicenter::faults
