// Many proxies at once: the body of POST /populate, and the config file.
#pragma once

#include "harness/proxy/toxiproxy/registry.hpp"

namespace epicenter::proxy::toxiproxy {

/// What came of it: the proxies done, in order, and why not all were. Nothing is done where the list is not
/// sound.
struct populated {
  json::array done;
  std::optional<api_error> failed;
  std::size_t failed_at = 0;  ///< which proxy, from 1; 0: the list as a whole
};

runtime::task<populated> populate(registry&, std::string body);

}  // namespace epicenter::proxy::toxiproxy
