#include "mock-epic/fhir/select.hpp"

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
    alternatives_.push_back(std::move(made));
  } while (!text.empty());
}

bool selection::holds(const step& taken, const json::value& reached) {
  if (taken.where_key.empty()) return true;
  const json::value* member = reached.find(taken.where_key);
  const std::string* text = member ? member->if_string() : nullptr;
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
