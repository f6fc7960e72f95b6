#include "mock-epic/fhir/structure.hpp"

#include <algorithm>
#include <epicenter/base/check.hpp>

#include "mock-epic/fhir/structure_data.hpp"

namespace epicenter::mock::fhir {
namespace {

constexpr std::string_view any_type =
    "base64Binary|boolean|canonical|code|date|dateTime|decimal|id|instant|integer|markdown|oid|positiveInt|"
    "string|time|unsignedInt|uri|url|uuid|Address|Age|Annotation|Attachment|CodeableConcept|Coding|"
    "ContactPoint|Count|Distance|Duration|HumanName|Identifier|Money|Period|Quantity|Range|Ratio|Reference|"
    "SampledData|Signature|Timing|ContactDetail|Contributor|DataRequirement|Expression|ParameterDefinition|"
    "RelatedArtifact|TriggerDefinition|UsageContext|Dosage|Meta";

/// Cuts off and returns what comes before the separator.
std::string_view take(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view head = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return head;
}

/// Calls line(indentation, words) for each line.
template <class Line>
void each_line(std::string_view text, const Line& line) {
  while (!text.empty()) {
    const std::string_view whole = take(text, '\n');
    const std::size_t indent = whole.find_first_not_of(' ');
    if (indent != std::string_view::npos) line(indent, whole.substr(indent));
  }
}

}  // namespace

bool code_set::has(std::string_view code) const {
  return std::any_of(parts.begin(), parts.end(), [&](const part& one) {
    return std::find(one.codes.begin(), one.codes.end(), code) != one.codes.end();
  });
}

bool code_set::has(std::string_view system, std::string_view code) const {
  if (system.empty()) return has(code);
  return std::any_of(parts.begin(), parts.end(), [&](const part& one) {
    return one.system == system && std::find(one.codes.begin(), one.codes.end(), code) != one.codes.end();
  });
}

const element* structure::find(std::string_view wanted) const {
  for (const structure* in = this; in; in = in->base)
    for (const element& one : in->elements)
      if (one.name == wanted) return &one;
  return nullptr;
}

const structures& structures::r4() {
  static const structures all;
  return all;
}

const structure* structures::find(std::string_view name) const {
  const auto at = types_.find(name);
  return at == types_.end() ? nullptr : at->second.get();
}

structures::structures() {
  for (const std::string_view text : structure_codes()) read_codes(text);
  for (const std::string_view text : structure_types()) read_names(text);
  for (const std::string_view text : structure_types()) read_types(text);
}

void structures::read_codes(std::string_view text) {
  code_set* set = nullptr;
  each_line(text, [&](std::size_t indent, std::string_view words) {
    if (indent == 0) {
      set = codes_.emplace(words, std::make_unique<code_set>()).first->second.get();
      set->name = words;
      return;
    }
    if (indent == 2) set->parts.push_back({take(words, ' '), {}});
    while (!words.empty()) set->parts.back().codes.push_back(take(words, ' '));
  });
}

void structures::read_names(std::string_view text) {
  each_line(text, [&](std::size_t indent, std::string_view words) {
    if (indent > 0) return;
    const std::string_view name = take(words, ' ');
    types_.emplace(name, std::make_unique<structure>()).first->second->name = name;
  });
}

void structures::read_types(std::string_view text) {
  structure* of = nullptr;
  each_line(text, [&](std::size_t indent, std::string_view words) {
    if (indent > 0) {
      while (!words.empty()) add(*of, take(words, ' '));
      return;
    }
    of = types_.find(take(words, ' '))->second.get();
    take(words, ' ');  // "<"
    of->base = find(words);
  });
}

void structures::add(structure& to, std::string_view word) {
  std::string_view types = word;
  std::string_view name = take(types, ':');
  element made;
  const bool choice = name.ends_with('?');
  if (choice) name.remove_suffix(1);
  if ((made.many = name.ends_with('*'))) name.remove_suffix(1);
  if ((made.required = name.ends_with('!'))) name.remove_suffix(1);
  if (const std::size_t bound = types.find('='); bound != std::string_view::npos) {
    const auto set = codes_.find(types.substr(bound + 1));
    EPICENTER_CHECK(set != codes_.end(), "every value set named is there");
    made.codes = set->second.get();
    types = types.substr(0, bound);
  }
  if (!choice) {
    made.name = name;
    set_type(made, types);
    to.elements.push_back(std::move(made));
    return;
  }
  made.choice = to.elements.empty() ? 1 : static_cast<std::uint16_t>(to.elements.back().choice + 1);
  for (const element& before : to.elements)
    made.choice = std::max(made.choice, static_cast<std::uint16_t>(before.choice + 1));
  if (types == "Any") types = any_type;
  while (!types.empty()) {
    const std::string_view type = take(types, '|');
    element one = made;
    const std::string_view bare = type.substr(0, type.find('('));
    one.name = std::string(name) + std::string(bare);
    char& first = one.name[name.size()];
    if (first >= 'a' && first <= 'z') first = static_cast<char>(first - 'a' + 'A');
    set_type(one, type);
    to.elements.push_back(std::move(one));
  }
}

void structures::set_type(element& of, std::string_view type) const {
  if (const std::size_t open = type.find('('); open != std::string_view::npos) {
    std::string_view targets = type.substr(open + 1, type.size() - open - 2);
    while (!targets.empty()) {
      const auto target = type_named(take(targets, ','));
      EPICENTER_CHECK(target.has_value(), "references point to types of R4");
      of.targets.push_back(*target);
    }
    type = type.substr(0, open);
  }
  of.is_resource = type == "Resource";
  if (of.is_resource) return;
  of.simple = primitive_named(type);
  if (of.simple != primitive::none) return;
  of.type = find(type);
  EPICENTER_CHECK(of.type != nullptr, "every type named is there");
}

}  // namespace epicenter::mock::fhir
