#include <algorithm>
#include <epicenter/commands/canonical.hpp>
#include <epicenter/json/write.hpp>

namespace epicenter::commands {
namespace {

void append(const json::value& from, std::string& text) {
  if (const auto* list = from.if_array()) {
    text += '[';
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (i > 0) text += ',';
      append((*list)[i], text);
    }
    text += ']';
  } else if (const auto* fields = from.if_object()) {
    std::vector<const json::object::member*> sorted;
    for (const auto& member : *fields) sorted.push_back(&member);
    std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
    text += '{';
    for (const auto* member : sorted) {
      if (member != sorted.front()) text += ',';
      text += json::quote(member->first) + ':';
      append(member->second, text);
    }
    text += '}';
  } else {
    text += json::write(from);
  }
}

}  // namespace

std::string canonical(const json::value& from) {
  std::string text;
  append(from, text);
  return text;
}

}  // namespace epicenter::commands
