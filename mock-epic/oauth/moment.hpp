// When a request is handled, on both clocks.
#pragma once

#include <epicenter/base/time.hpp>

#include "mock-epic/oauth/token_conditions.hpp"

namespace epicenter::mock::oauth {

struct moment {
  instant now;                                   ///< lifetimes of what this server issues and caches
  wall_time wall;                                ///< claims of JSON Web Tokens
  const token_conditions* conditions = nullptr;  ///< what levers say of keys; null: nothing
};

}  // namespace epicenter::mock::oauth
