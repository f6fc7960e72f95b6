#include "mock-epic/fhir/select.hpp"

#include <epicenter/base/check.hpp>
#include <epicenter/json/parse.hpp>

#include "mock-epic/fhir/member_text.hpp"

namespace epicenter::mock::fhir {
namespace {

/// The text up to a separator outside of brackets; the text loses it.
std::string_view take(std::string_view& text, char separator) {
  std::size_t at = 0;
  bool inside = false;
  for (; at < text.size() && (inside || text[at] != separator); ++at) {
    if (text[at] == '[') inside = true;
    if (text[at] == ']') inside = false;
  }
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return taken;
}

}  // namespace

selection::selection(std::string_view text) {
  do {
    std::string_view way = take(text, '|');
    alternative made;
    made.presence = way.starts_with('?');
    if (made.presence) way.remove_prefix(1);
    std::string_view steps = take(way, '>');
    made.target = way;
    while (!steps.empty()) {
      std::string_view key = take(steps, '.');
      step one;
      if (const std::size_t open = key.find('['); open != std::string_view::npos) {
        const std::string_view condition = key.substr(open + 1, key.size() - open - 2);
        const std::size_t equals = condition.find('=');
        one.where_key = condition.substr(0, equals);
        one.where_value = condition.substr(equals + 1);
        key = key.substr(0, open);
      }
      one.key = key;
      made.steps.push_back(one);
    }
    begins_anywhere_ = begins_anywhere_ || made.steps.empty();
    alternatives_.push_back(std::move(made));
  } while (!text.empty());
}

json::value selection::part_of(std::string_view text) const {
  json::object part;
  for (const alternative& one : alternatives_) {
    const std::string_view key = one.steps.front().key;
    if (part.contains(key)) continue;
    const auto member = member_text(text, key);
    if (!member) continue;
    auto parsed = json::parse(*member);
    EPICENTER_CHECK(parsed.has_value(), "what is stored is JSON");
    part.set(std::string(key), std::move(*parsed));
  }
  return part;
}

bool selection::holds(const step& taken, const json::value& reached) {
  if (taken.where_key.empty()) return true;
  const json::value* member = reached.find(taken.where_key);
  const auto text = member ? member->if_string() : nullptr;
  return text && *text == taken.where_value;
}

bool selection::is_target(const alternative& way, const json::value& leaf) {
  if (way.target.empty()) return true;
  std::string_view reference = leaf.string_at("reference");
  if (reference.empty()) return leaf.string_at("type", way.target) == way.target;
  const std::size_t slash = reference.rfind('/');
  if (slash == std::string_view::npos) return leaf.string_at("type") == way.target;
  reference = reference.substr(0, slash);
  return reference.ends_with(way.target) && (reference.size() == way.target.size() ||
                                             reference[reference.size() - way.target.size() - 1] == '/');
}

const json::value& selection::present() {
  static const json::value yes(true);
  return yes;
}

}  // namespace epicenter::mock::fhir
