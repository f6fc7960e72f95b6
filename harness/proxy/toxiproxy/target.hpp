// The paths of the API.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace epicenter::proxy::toxiproxy {

enum class resource { version, proxies, proxy, toxics, toxic, populate, reset, leases };

struct target {
  resource what = resource::version;
  std::string proxy, toxic;  ///< the names in the path, decoded
};

/// What the path of a request means; nothing where the API has no such path. A name is never empty and has no
/// slash, escaped or not.
std::optional<target> find_target(std::string_view path);
bool takes_method(resource, std::string_view method);

}  // namespace epicenter::proxy::toxiproxy
