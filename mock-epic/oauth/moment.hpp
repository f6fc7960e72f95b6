// When a request is handled, on both clocks.
#pragma once

#include <epicenter/base/time.hpp>

namespace epicenter::mock::oauth {

struct moment {
  instant now;     ///< lifetimes of what this server issues and caches
  wall_time wall;  ///< claims of JSON Web Tokens
};

}  // namespace epicenter::mock::oauth
