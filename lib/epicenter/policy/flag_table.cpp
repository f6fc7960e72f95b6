#include <algorithm>
#include <epicenter/base/nearest.hpp>
#include <epicenter/policy/flag_table.hpp>

namespace epicenter::policy {
namespace {

constexpr std::size_t max_flags = 1000;

bool is_flag_name(std::string_view name) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), fits);
}

// A name from outside, fit for an error that may be logged.
std::string shown(std::string_view name) {
  std::string text;
  for (const char c : name.substr(0, 64)) text += c >= ' ' && c <= '~' ? c : '?';
  return '\'' + text + '\'';
}

}  // namespace

result<flag_table> flag_table::with(std::vector<flag_definition> additional) {
  flag_table table;
  for (const auto& one : standard_flags()) table.definitions_.push_back(one);
  for (auto& one : additional) {
    if (!is_flag_name(one.name)) return fail(errc::invalid_value, "a flag's name is a-z, 0-9 and _");
    if (table.find(one.name)) return fail(errc::invalid_value, shown(one.name) + " is there already");
    if (table.size() == max_flags) return fail(errc::invalid_value, "more than 1000 flags");
    table.definitions_.push_back(std::move(one));
  }
  return table;
}

result<flag> flag_table::find(std::string_view name) const {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < definitions_.size(); ++i) {
    if (definitions_[i].name == name) return flag{static_cast<std::uint16_t>(i)};
    names.push_back(definitions_[i].name);
  }
  const auto near = nearest(name, names);
  std::string detail = shown(name);
  if (!near.empty()) detail.append(", did you mean '").append(near.front()).append("'?");
  return fail(errc::unknown_flag, std::move(detail));
}

std::vector<flag_state> flag_table::defaults() const {
  std::vector<flag_state> states;
  for (const auto& one : definitions_) {
    flag_state state;
    state.enabled = one.on_by_default;
    states.push_back(std::move(state));
  }
  return states;
}

}  // namespace epicenter::policy
