// State machines over stubs.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace epicenter::mock::stubs {

/// The state of each scenario, for each isolation key: a test under its own key has its own states. A
/// scenario begins in "Started". At most 10,000 keys have states; beyond, the first in order loses its own.
/// Plain state: who calls set() right after state_of() under one lock has tested and set at once.
class scenarios {
 public:
  static constexpr std::string_view first_state = "Started";

  std::string_view state_of(std::string_view isolation, std::string_view name) const;
  void set(std::string_view isolation, std::string_view name, std::string state);
  /// Back to the first state: all scenarios of the key, or one.
  void reset(std::string_view isolation);
  void reset(std::string_view isolation, std::string_view name);
  void clear() { states_.clear(); }
  bool empty() const { return states_.empty(); }
  /// Forgets the states of scenarios that no stub names any more.
  void keep_only(const std::set<std::string>& names);

 private:
  std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> states_;
};

}  // namespace epicenter::mock::stubs
