#include "harness/proxy/wire.hpp"

#include <array>
#include <epicenter/base/units.hpp>
#include <epicenter/json/write.hpp>

namespace epicenter::proxy {

namespace {

using text_member = std::pair<std::string_view, std::optional<std::string> faults::selection::*>;
constexpr std::array<text_member, 6> texts{{{"operation", &faults::selection::operation},
                                            {"method", &faults::selection::method},
                                            {"path", &faults::selection::path},
                                            {"header", &faults::selection::header},
                                            {"client", &faults::selection::client},
                                            {"body", &faults::selection::body}}};

using count_member = std::pair<std::string_view, std::optional<std::uint64_t> faults::selection::*>;
constexpr std::array<count_member, 4> counts{{{"first", &faults::selection::first},
                                              {"nth", &faults::selection::nth},
                                              {"every", &faults::selection::every},
                                              {"after", &faults::selection::after}}};

tl::unexpected<error> bad(std::string why) {
  return fail(errc::bad_parameter, std::move(why));
}

result<std::uint64_t> whole_number(std::string_view key, const json::value& v) {
  const auto read = v.is_number() ? v.to_int64() : result<std::int64_t>(bad(""));
  if (!read || *read < 0) return bad(std::string(key) + ": a whole number from 0 is wanted");
  return static_cast<std::uint64_t>(*read);
}

result<share> parse_rate_share(const json::value& v) {
  std::string text;
  if (v.is_number()) text = v.if_number()->text;
  if (v.is_string()) text = *v.if_string();
  auto read = parse_share(text);
  if (!read) return fail(error(make_error_code(errc::bad_parameter), "rate").caused_by(read.error()));
  return *read;
}

result<> read_match_member(faults::selection& into, const std::string& key, const json::value& v) {
  for (const auto& [name, member] : texts) {
    if (key != name) continue;
    if (!v.is_string()) return bad(std::string(key) + ": a text is wanted");
    into.*member = *v.if_string();
    return {};
  }
  for (const auto& [name, member] : counts) {
    if (key != name) continue;
    const auto read = whole_number(key, v);
    if (!read) return fail(read.error());
    into.*member = *read;
    return {};
  }
  if (key == "rate") {
    const auto read = parse_rate_share(v);
    if (!read) return fail(read.error());
    into.rate = *read;
    return {};
  }
  if (key == "rate_ppm") {
    const auto read = whole_number(key, v);
    if (!read || *read > 1'000'000) return bad("rate_ppm: from 0 to 1000000 is wanted");
    into.rate.ppm = static_cast<std::int64_t>(*read);
    return {};
  }
  return bad("match has no " + json::quote(key));
}

std::int64_t to_ms(duration d) {
  return std::chrono::ceil<std::chrono::milliseconds>(d).count();
}

result<duration> parse_span(std::string_view key, const json::value& v) {
  static constexpr std::uint64_t week = 7 * 24 * 3'600'000;
  const auto read = whole_number(key, v);
  if (!read || *read > week) return bad(std::string(key) + ": from 0 to 604800000 is wanted");
  return duration(std::chrono::milliseconds(*read));
}

/// True where the key is one of them; an error where its value is wrong.
result<bool> read_course_member(faults::fault_spec& into, std::string_view key, const json::value& v) {
  if (key == "ramp_in_ms" || key == "ramp_out_ms" || key == "lasting_ms") {
    const auto span = parse_span(key, v);
    if (!span) return fail(span.error());
    if (key == "lasting_ms") {
      into.lasting = *span;
    } else {
      (key == "ramp_in_ms" ? into.ramp_in : into.ramp_out) = *span;
    }
    return true;
  }
  if (key != "max_active") return false;
  const auto count = whole_number(key, v);
  if (!count || *count == 0) return bad("max_active: a whole number from 1 is wanted");
  into.max_active = *count;
  return true;
}

void write_course(const faults::fault_spec& spec, json::object& into) {
  if (spec.ramp_in > duration::zero()) into.set("ramp_in_ms", json::value(to_ms(spec.ramp_in)));
  if (spec.ramp_out > duration::zero()) into.set("ramp_out_ms", json::value(to_ms(spec.ramp_out)));
  if (spec.lasting) into.set("lasting_ms", json::value(to_ms(*spec.lasting)));
  if (spec.max_active > 0) into.set("max_active", json::value(spec.max_active));
}

}  // namespace

result<duration> parse_lease(const json::value& v) {
  const auto read = whole_number("lease_ms", v);
  if (!read) return fail(read.error());
  static constexpr std::uint64_t most = 3'600'000;
  if (*read == 0 || *read > most) return bad("lease_ms: from 1 to 3600000 is wanted");
  return duration(std::chrono::milliseconds(*read));
}

json::value to_json(const faults::fault_spec& spec) {
  json::object match;
  for (const auto& [name, member] : texts) {
    if (spec.match.*member) match.set(std::string(name), *(spec.match.*member));
  }
  for (const auto& [name, member] : counts) {
    if (spec.match.*member) match.set(std::string(name), json::value(*(spec.match.*member)));
  }
  match.set("rate_ppm", json::value(spec.match.rate.ppm));
  json::object whole{{"id", spec.id}, {"type", spec.type}, {"parameters", spec.parameters}};
  whole.set("match", std::move(match));
  if (!spec.route.empty()) whole.set("proxy", spec.route);
  write_course(spec, whole);
  whole.set("lease_ms", json::value(to_ms(spec.lease)));
  return whole;
}

result<faults::fault_spec> parse_fault_spec(const json::value& given) {
  const auto* o = given.if_object();
  if (o == nullptr) return bad("a fault is an object");
  faults::fault_spec spec;
  for (const auto& [key, v] : *o) {
    if (key == "id" || key == "type" || key == "proxy") {
      if (!v.is_string()) return bad(std::string(key) + ": a text is wanted");
      (key == "id" ? spec.id : key == "type" ? spec.type : spec.route) = *v.if_string();
    } else if (key == "parameters") {
      if (!v.is_object()) return bad("parameters: an object is wanted");
      spec.parameters = *v.if_object();
    } else if (key == "match") {
      if (!v.is_object()) return bad("match: an object is wanted");
      for (const auto& [name, part] : *v.if_object()) {
        if (auto read = read_match_member(spec.match, name, part); !read) return fail(read.error());
      }
    } else if (key == "lease_ms") {
      const auto lease = parse_lease(v);
      if (!lease) return fail(lease.error());
      spec.lease = *lease;
    } else {
      const auto known = read_course_member(spec, key, v);
      if (!known) return fail(known.error());
      if (!*known) return bad("a fault has no " + json::quote(key));
    }
  }
  if (spec.id.empty() || spec.type.empty()) return bad("a fault needs id and type");
  if (spec.ramp_out > duration::zero() && !spec.lasting)
    return bad("ramp_out_ms: lasting_ms is wanted, too, to know when it begins");
  return spec;
}

json::value to_json(const faults::fault_status& s) {
  return json::object{{"id", s.id},
                      {"type", s.type},
                      {"touched", json::value(s.touched)},
                      {"injected", json::value(s.injected)},
                      {"skipped", json::value(s.skipped)},
                      {"active", json::value(s.active)},
                      {"lease_left_ms", json::value(to_ms(s.lease_left))}};
}

result<faults::fault_status> parse_fault_status(const json::value& given) {
  faults::fault_status s;
  s.id = given.string_at("id");
  s.type = given.string_at("type");
  std::uint64_t lease_left = 0;
  const std::array<std::pair<const char*, std::uint64_t*>, 5> numbers{{{"touched", &s.touched},
                                                                       {"injected", &s.injected},
                                                                       {"skipped", &s.skipped},
                                                                       {"active", &s.active},
                                                                       {"lease_left_ms", &lease_left}}};
  for (const auto& [name, into] : numbers) {
    const auto* v = given.find(name);
    const auto read = v != nullptr ? whole_number(name, *v) : result<std::uint64_t>(bad(name));
    if (!read) return fail(errc::control_failed, "a status without " + std::string(name));
    *into = *read;
  }
  s.lease_left = std::chrono::milliseconds(lease_left);
  if (s.id.empty()) return fail(errc::control_failed, "a status without id");
  return s;
}

}  // namespace epicenter::proxy
