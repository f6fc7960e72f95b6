// The flags of one service by name: the standard ones and those of the application.
#pragma once

#include <epicenter/policy/error.hpp>
#include <epicenter/policy/flag.hpp>
#include <epicenter/policy/flag_state.hpp>
#include <vector>

namespace epicenter::policy {

class flag_table {
 public:
  /// errc::invalid_value: a name that is taken already or is none.
  static result<flag_table> with(std::vector<flag_definition> additional);

  std::size_t size() const { return definitions_.size(); }
  const flag_definition& operator[](flag f) const { return definitions_.at(f.index); }
  /// errc::unknown_flag, with the nearest name.
  result<flag> find(std::string_view name) const;
  /// Every flag at its default.
  std::vector<flag_state> defaults() const;

 private:
  std::vector<flag_definition> definitions_;
};

}  // namespace epicenter::policy
