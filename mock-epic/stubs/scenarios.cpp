#include "mock-epic/stubs/scenarios.hpp"

namespace epicenter::mock::stubs {

std::string_view scenarios::state_of(std::string_view isolation, std::string_view name) const {
  const auto key = states_.find(isolation);
  if (key == states_.end()) return first_state;
  const auto found = key->second.find(name);
  return found == key->second.end() ? first_state : std::string_view(found->second);
}

void scenarios::set(std::string_view isolation, std::string_view name, std::string state) {
  if (state == first_state) {
    reset(isolation, name);
    return;
  }
  constexpr std::size_t most_keys = 10'000;
  if (states_.size() >= most_keys && !states_.contains(isolation)) states_.erase(states_.begin());
  states_[std::string(isolation)].insert_or_assign(std::string(name), std::move(state));
}

void scenarios::reset(std::string_view isolation) {
  if (const auto key = states_.find(isolation); key != states_.end()) states_.erase(key);
}

void scenarios::reset(std::string_view isolation, std::string_view name) {
  const auto key = states_.find(isolation);
  if (key == states_.end()) return;
  if (const auto found = key->second.find(name); found != key->second.end()) key->second.erase(found);
  if (key->second.empty()) states_.erase(key);
}

void scenarios::keep_only(const std::set<std::string>& names) {
  for (auto& [isolation, states] : states_)
    std::erase_if(states, [&names](const auto& one) { return !names.contains(one.first); });
  std::erase_if(states_, [](const auto& one) { return one.second.empty(); });
}

}  // namespace epicenter::mock::stubs
