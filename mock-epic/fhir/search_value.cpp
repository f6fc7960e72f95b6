#include "mock-epic/fhir/search_value.hpp"

#include <algorithm>
#include <array>

#include "mock-epic/fhir/search_text.hpp"
#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock::fhir {
namespace {

/// A code without a system of its own is of the value set that FHIR binds it to.
bool is_implied(std::string_view system) {
  return system.empty() || system.starts_with("http://hl7.org/fhir/") ||
         system.starts_with("http://terminology.hl7.org/");
}

bool canonical_matches(std::string_view held, std::string_view wanted) {
  if (held == wanted) return true;
  const std::size_t version = held.find('|');
  return version != std::string_view::npos && held.substr(0, version) == wanted;
}

}  // namespace

std::optional<token_value> token_value::read(std::string_view escaped) {
  const auto parts = split_value(escaped, '|');
  if (parts.size() > 2) return std::nullopt;
  token_value made;
  if (parts.size() == 2) made.system = unescape_value(parts[0]);
  made.code = unescape_value(parts.back());
  if (made.code.empty() && (!made.system || made.system->empty())) return std::nullopt;
  return made;
}

bool token_value::matches(const json::value& leaf) const {
  if (const auto held = leaf.if_string()) return code == *held && (!system || is_implied(*system));
  if (const bool* flag = leaf.if_bool()) return code == (*flag ? "true" : "false");
  if (const json::value* codings = leaf.find("coding"))
    return walk(*codings, "", [&](const json::value& coding) { return matches(coding); });
  // A Coding has a code, an Identifier or a ContactPoint a value.
  std::string_view held = leaf.string_at("code");
  if (held.empty()) held = leaf.string_at("value");
  if (!code.empty() && held != code) return false;
  return !system || leaf.string_at("system") == *system;
}

std::optional<typed_identifier> typed_identifier::read(std::string_view escaped) {
  const auto parts = split_value(escaped, '|');
  if (parts.size() != 3 || parts[1].empty() || parts[2].empty()) return std::nullopt;
  typed_identifier made;
  made.type.system = unescape_value(parts[0]);
  made.type.code = unescape_value(parts[1]);
  made.value = unescape_value(parts[2]);
  return made;
}

bool typed_identifier::matches(const json::value& leaf) const {
  const json::value* held = leaf.find("type");
  return held && leaf.string_at("value") == value && type.matches(*held);
}

std::string_view id_of_reference(std::string_view reference) {
  if (const std::size_t version = reference.find("/_history/"); version != std::string_view::npos)
    reference = reference.substr(0, version);
  const std::size_t slash = reference.rfind('/');
  return slash == std::string_view::npos ? reference : reference.substr(slash + 1);
}

std::optional<reference_parts> parts_of_reference(std::string_view reference, std::string_view base) {
  if (const std::size_t version = reference.find("/_history/"); version != std::string_view::npos)
    reference = reference.substr(0, version);
  reference_parts made;
  const bool absolute = reference.find("://") != std::string_view::npos;
  const bool own = !base.empty() && reference.starts_with(base) && reference.size() > base.size() &&
                   reference[base.size()] == '/';
  made.local = !absolute || own;
  const std::size_t slash = reference.rfind('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == reference.size()) return std::nullopt;
  made.id = reference.substr(slash + 1);
  made.type = reference.substr(0, slash);
  if (const std::size_t before = made.type.rfind('/'); before != std::string_view::npos)
    made.type.remove_prefix(before + 1);
  return type_named(made.type) ? std::optional(made) : std::nullopt;
}

std::optional<reference_value> reference_value::read(std::string_view escaped, std::string_view base) {
  reference_value made;
  made.url = unescape_value(escaped);
  if (made.url.empty()) return std::nullopt;
  if (const auto parts = parts_of_reference(made.url, base)) {
    if (!parts->local) return made;
    made.type = parts->type;
    made.id = parts->id;
  } else if (made.url.find_first_of("/:") == std::string::npos) {
    made.id = made.url;
  }
  return made;
}

bool reference_value::matches(const json::value& leaf, std::string_view base) const {
  if (const auto canonical = leaf.if_string()) return canonical_matches(*canonical, url);
  const std::string_view held = leaf.string_at("reference");
  if (held.empty()) return false;
  if (id.empty()) return held == url;
  const auto parts = parts_of_reference(held, base);
  if (!parts) return held == url;
  return parts->local && parts->id == id && (type.empty() || parts->type == type);
}

std::optional<text_value> text_value::read(std::string_view escaped, text_match how) {
  const std::string plain = unescape_value(escaped);
  if (plain.empty()) return std::nullopt;
  return text_value{how == text_match::exact ? plain : fold(plain), how};
}

bool text_value::matches(std::string_view held) const {
  if (how == text_match::exact) return held == text;
  const std::string folded = fold(held);
  return how == text_match::starts ? folded.starts_with(text) : folded.find(text) != std::string::npos;
}

bool text_value::matches(const json::value& leaf) const {
  if (const auto held = leaf.if_string()) return matches(std::string_view(*held));
  const json::object* parts = leaf.if_object();
  if (!parts) return false;
  static constexpr std::array<std::string_view, 4> no_text{"use", "period", "extension", "type"};
  return std::any_of(parts->begin(), parts->end(), [&](const json::object::member& part) {
    return std::find(no_text.begin(), no_text.end(), part.first) == no_text.end() &&
           walk(part.second, "", [&](const json::value& one) { return one.if_string() && matches(one); });
  });
}

bool text_value::matches_label(const json::value& leaf) const {
  for (const std::string_view path : {"text", "display", "coding.display", "type.text"})
    if (walk(leaf, path, [&](const json::value& label) { return label.if_string() && matches(label); }))
      return true;
  return false;
}

bool uri_value::matches(const json::value& leaf) const {
  const auto held = leaf.if_string();
  if (!held) return false;
  const auto is_within = [](std::string_view inner, std::string_view outer) {
    return inner.starts_with(outer) &&
           (inner.size() == outer.size() || outer.ends_with('/') || inner[outer.size()] == '/');
  };
  switch (how) {
    case uri_match::exact:
      return canonical_matches(*held, uri);
    case uri_match::below:
      return is_within(*held, uri);
    case uri_match::above:
      return is_within(uri, *held);
  }
  return false;
}

}  // namespace epicenter::mock::fhir
