#include "mock-epic/levers/parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <epicenter/base/check.hpp>
#include <epicenter/base/units.hpp>

#include "mock-epic/levers/lever.hpp"

namespace epicenter::mock {
namespace {

constexpr std::size_t max_text = 1024;

tl::unexpected<error> bad(const lever_parameter& p, std::string cure) {
  return fail(lever_errc::bad_parameter, std::string(p.name) + ": " + std::move(cure));
}

result<json::value> read_text(const lever_parameter& p, const json::value& given) {
  const auto text = given.if_string();
  if (!text || text->empty() || text->size() > max_text) return bad(p, "write a text of 1 to 1024 bytes");
  return given;
}

result<json::value> read_integer(const lever_parameter& p, const json::value& given) {
  const auto number = given.to_int64();
  if (!number || *number < p.minimum || *number > p.maximum)
    return bad(p, fmt::format("write a whole number from {} to {}", p.minimum, p.maximum));
  return json::value(*number);
}

result<json::value> read_duration(const lever_parameter& p, const json::value& given) {
  std::optional<std::int64_t> count;
  if (const auto text = given.if_string()) {
    if (const auto parsed = parse_duration(*text)) count = parsed->count();
  } else if (const auto number = given.to_int64()) {
    count = *number;
  }
  if (!count || *count < p.minimum || *count > p.maximum)
    return bad(p, fmt::format("write a time such as 90s, from {} to {}", format_duration(duration(p.minimum)),
                              format_duration(duration(p.maximum))));
  return json::value(*count);
}

result<json::value> read_share(const lever_parameter& p, const json::value& given) {
  const auto text = given.if_string();
  const auto digits = given.if_number();
  const auto parsed = parse_share(text ? *text : digits ? digits->text : json::text_view());
  if (!parsed || parsed->ppm < p.minimum || parsed->ppm > p.maximum)
    return bad(p, fmt::format("write a share such as 30% or 0.3, from {} to {}",
                              format_share(share{p.minimum}), format_share(share{p.maximum})));
  return json::value(parsed->ppm);
}

result<json::value> read_choice(const lever_parameter& p, const json::value& given) {
  const auto text = given.if_string();
  if (text && std::find(p.choices.begin(), p.choices.end(), *text) != p.choices.end()) return given;
  return bad(p, fmt::format("write one of {}", fmt::join(p.choices, ", ")));
}

result<json::value> read_value(const lever_parameter& p, const json::value& given) {
  switch (p.kind) {
    case lever_value::text:
      return read_text(p, given);
    case lever_value::integer:
      return read_integer(p, given);
    case lever_value::duration:
      return read_duration(p, given);
    case lever_value::share:
      return read_share(p, given);
    case lever_value::choice:
      return read_choice(p, given);
  }
  throw_check_failed("lever_value", "a parameter of no kind");
}

json::value default_of(const lever_parameter& p) {
  if (p.kind == lever_value::integer) return json::number{std::string(p.default_text)};
  return p.default_text;
}

}  // namespace

std::string_view name_of(lever_value kind) {
  switch (kind) {
    case lever_value::text:
      return "text";
    case lever_value::integer:
      return "integer";
    case lever_value::duration:
      return "duration";
    case lever_value::share:
      return "share";
    case lever_value::choice:
      return "choice";
  }
  return "unknown";
}

result<lever_parameters> lever_parameters::read(std::string_view type, std::span<const lever_parameter> known,
                                                const json::object& given) {
  for (const auto& [name, value] : given) {
    const bool is_known =
        std::any_of(known.begin(), known.end(), [&](const lever_parameter& p) { return p.name == name; });
    if (is_known) continue;
    std::string names;
    for (const lever_parameter& p : known) names += (names.empty() ? "" : ", ") + std::string(p.name);
    return fail(lever_errc::bad_parameter, names.empty()
                                               ? fmt::format("{} takes none; leave {} out", type, name)
                                               : fmt::format("{} has no {}; it has {}", type, name, names));
  }
  lever_parameters made;
  for (const lever_parameter& p : known) {
    const json::value* value = given.find(p.name);
    if (!value && p.required)
      return fail(lever_errc::bad_parameter, fmt::format("{} needs {}: {}", type, p.name, p.help));
    if (!value && p.default_text.empty()) continue;
    auto read = read_value(p, value ? *value : default_of(p));
    if (!read) return fail(std::move(read.error()));
    made.values_.set(std::string(p.name), std::move(*read));
  }
  return made;
}

std::string lever_parameters::text(std::string_view name) const {
  const json::value* found = values_.find(name);
  return found && found->if_string() ? std::string(*found->if_string()) : std::string();
}

std::int64_t lever_parameters::number(std::string_view name) const {
  const json::value* found = values_.find(name);
  EPICENTER_CHECK(found && found->is_number(), "the lever declares the parameter with a default");
  return found->to_int64().value_or(0);
}

std::optional<duration> lever_parameters::time(std::string_view name) const {
  const json::value* found = values_.find(name);
  if (!found) return std::nullopt;
  return duration(found->to_int64().value_or(0));
}

}  // namespace epicenter::mock
