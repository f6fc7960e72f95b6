#include "harness/proxy/toxiproxy/go_decoder.hpp"

#include <fmt/core.h>
#include <epicenter/http/message.hpp>

#include <charconv>

namespace epicenter::proxy::toxiproxy {
namespace {

const json::object no_members;
const json::array no_elements;

std::string_view kind_of(const json::value& v) {
  if (v.is_string()) return "string";
  if (v.is_number()) return "number";
  if (v.is_bool()) return "bool";
  return v.is_array() ? "array" : "object";
}

std::string place(const go_field& f) {
  return fmt::format("struct field {}.{}", f.owner, f.path);
}

}  // namespace

void go_decoder::wrong(std::string_view what, const std::string& where, std::string_view go_type) {
  if (!failure_)
    failure_ = fmt::format("json: cannot unmarshal {} into Go {} of type {}", what, where, go_type);
}

const json::object& go_decoder::members(const json::value& v, std::string_view go_type) {
  if (const auto* found = v.if_object()) return *found;
  if (!v.is_null()) wrong(kind_of(v), "value", go_type);
  return no_members;
}

const json::object& go_decoder::members(const json::value& v, const go_field& f, std::string_view go_type) {
  if (const auto* found = v.if_object()) return *found;
  if (!v.is_null()) wrong(kind_of(v), place(f), go_type);
  return no_members;
}

const json::array& go_decoder::elements(const json::value& v, std::string_view go_type) {
  if (const auto* found = v.if_array()) return *found;
  if (!v.is_null()) wrong(kind_of(v), "value", go_type);
  return no_elements;
}

const json::array& go_decoder::elements(const json::value& v, const go_field& f, std::string_view go_type) {
  if (const auto* found = v.if_array()) return *found;
  if (!v.is_null()) wrong(kind_of(v), place(f), go_type);
  return no_elements;
}

void go_decoder::take(const json::value& v, const go_field& f, std::optional<std::string>& into) {
  if (const auto text = v.if_string()) {
    into = *text;
  } else if (!v.is_null()) {
    wrong(kind_of(v), place(f), "string");
  }
}

void go_decoder::take(const json::value& v, const go_field& f, std::optional<bool>& into) {
  if (const auto* known = v.if_bool()) {
    into = *known;
  } else if (!v.is_null()) {
    wrong(kind_of(v), place(f), "bool");
  }
}

void go_decoder::take(const json::value& v, const go_field& f, std::optional<float>& into) {
  if (v.is_null()) return;
  const auto n = v.if_number();
  if (n == nullptr) return wrong(kind_of(v), place(f), "float32");
  const char* const end = n->text.data() + n->text.size();
  float narrow = 0.0F;
  const auto read = std::from_chars(n->text.data(), end, narrow);
  if (read.ec == std::errc::result_out_of_range) {
    // Too small becomes 0, as in Go; too large is an error.
    const auto wide = v.to_double();
    const bool small =
        wide ? *wide < 1.0 && *wide > -1.0 : n->text.find_first_of("eE") + 1 == n->text.find("-", 1);
    if (!small) return wrong("number " + std::string(n->text), place(f), "float32");
    narrow = 0.0F;
  }
  into = narrow;
}

void go_decoder::take(const json::value& v, const go_field& f, std::string_view go_type, std::int64_t& into) {
  if (v.is_null()) return;
  const auto n = v.if_number();
  if (n == nullptr) return wrong(kind_of(v), place(f), go_type);
  const auto read = v.to_int64();
  if (!read) return wrong("number " + std::string(n->text), place(f), go_type);
  into = *read;
}

bool is_key(std::string_view given, std::string_view field) {
  return http::equal_ignoring_case(given, field);
}

}  // namespace epicenter::proxy::toxiproxy
