// What the token endpoint goes by in place of what is so.
#pragma once

#include <set>
#include <string>

namespace epicenter::mock {

struct token_conditions {
  std::set<std::string> retired_keys;  ///< do not verify, by what they are made of
  bool knows_no_key = false;           ///< no key of any client verifies
};

}  // namespace epicenter::mock
