#include "mock-epic/fhir/criterion.hpp"

#include <algorithm>

#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock::fhir {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view lower_prefix) {
  return text.size() >= lower_prefix.size() &&
         std::equal(lower_prefix.begin(), lower_prefix.end(), text.begin(),
                    [](char p, char t) { return p == lower(t); });
}

}  // namespace

std::string_view id_of_reference(std::string_view reference) {
  const std::size_t slash = reference.rfind('/');
  return slash == std::string_view::npos ? reference : reference.substr(slash + 1);
}

std::optional<criterion> criterion::read(const search_param& param, std::string_view value) {
  criterion made(param);
  while (true) {
    const std::size_t comma = value.find(',');
    if (!made.read_alternative(value.substr(0, comma))) return std::nullopt;
    if (comma == std::string_view::npos) return made;
    value.remove_prefix(comma + 1);
  }
}

bool criterion::read_alternative(std::string_view text) {
  if (text.empty()) return false;
  alternative made;
  if (param_->kind == param_kind::token) {
    const std::size_t bar = text.find('|');
    if (bar != std::string_view::npos) {
      made.system = std::string(text.substr(0, bar));
      text.remove_prefix(bar + 1);
      made.any_code = text.empty();
      if (made.any_code && made.system->empty()) return false;
    }
    made.text = std::string(text);
  } else if (param_->kind == param_kind::reference) {
    made.text = std::string(id_of_reference(text));
    if (made.text.empty()) return false;
  } else if (param_->kind == param_kind::text) {
    for (const char c : text) made.text += lower(c);
  } else {
    static constexpr std::array<std::pair<std::string_view, comparison>, 8> prefixes{
        {{"eq", comparison::eq},
         {"ne", comparison::ne},
         {"lt", comparison::lt},
         {"le", comparison::le},
         {"gt", comparison::gt},
         {"ge", comparison::ge},
         {"sa", comparison::gt},
         {"eb", comparison::lt}}};
    for (const auto& [prefix, compare] : prefixes) {
      if (!text.starts_with(prefix)) continue;
      made.compare = compare;
      text.remove_prefix(2);
      break;
    }
    const auto range = data::parse_date(text);
    if (!range) return false;
    made.range = *range;
  }
  alternatives_.push_back(std::move(made));
  return true;
}

bool criterion::matches(const json::value& resource) const {
  return walk(resource, param_->path, [this](const json::value& leaf) { return leaf_matches(leaf); });
}

bool criterion::leaf_matches(const json::value& leaf) const {
  return std::any_of(alternatives_.begin(), alternatives_.end(), [&](const alternative& wanted) {
    switch (param_->kind) {
      case param_kind::token:
        return token_matches(wanted, leaf);
      case param_kind::reference:
        return reference_matches(wanted, leaf);
      case param_kind::text:
        return text_matches(wanted, leaf);
      case param_kind::date:
        return date_matches(wanted, leaf);
    }
    return false;
  });
}

bool criterion::token_matches(const alternative& wanted, const json::value& leaf) {
  if (const std::string* code = leaf.if_string())
    return wanted.text == *code && !(wanted.system && !wanted.system->empty());
  if (const bool* flag = leaf.if_bool()) return wanted.text == (*flag ? "true" : "false");
  if (const json::value* codings = leaf.find("coding"))
    return walk(*codings, "", [&](const json::value& coding) { return token_matches(wanted, coding); });
  // A Coding has a code, an Identifier a value.
  std::string_view code = leaf.string_at("code");
  if (code.empty()) code = leaf.string_at("value");
  if (!wanted.any_code && code != wanted.text) return false;
  return !wanted.system || leaf.string_at("system") == *wanted.system;
}

bool criterion::reference_matches(const alternative& wanted, const json::value& leaf) {
  return id_of_reference(leaf.string_at("reference")) == wanted.text;
}

bool criterion::text_matches(const alternative& wanted, const json::value& leaf) {
  if (const std::string* text = leaf.if_string()) return starts_with_ignoring_case(*text, wanted.text);
  // A HumanName or Address: any of its parts.
  const json::object* parts = leaf.if_object();
  if (!parts) return false;
  return std::any_of(parts->begin(), parts->end(), [&](const json::object::member& part) {
    return part.first != "use" && walk(part.second, "", [&](const json::value& one) {
             return one.if_string() && text_matches(wanted, one);
           });
  });
}

bool criterion::date_matches(const alternative& wanted, const json::value& leaf) {
  const std::string* text = leaf.if_string();
  const auto held = text ? data::parse_date(*text) : std::nullopt;
  if (!held) return false;
  const bool inside = held->begin >= wanted.range.begin && held->end <= wanted.range.end;
  switch (wanted.compare) {
    case comparison::eq:
      return inside;
    case comparison::ne:
      return !inside;
    case comparison::lt:
      return held->begin < wanted.range.begin;
    case comparison::le:
      return held->begin < wanted.range.end;
    case comparison::gt:
      return held->end > wanted.range.end;
    case comparison::ge:
      return held->end > wanted.range.begin;
  }
  return false;
}

}  // namespace epicenter::mock::fhir
