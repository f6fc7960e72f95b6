#include "harness/proxy/toxiproxy/target.hpp"

#include <epicenter/http/url.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace epicenter::proxy::toxiproxy {
namespace {

struct fixed_path {
  std::string_view path;
  resource what;
};
constexpr std::array fixed_paths{
    fixed_path{"/version", resource::version},     fixed_path{"/proxies", resource::proxies},
    fixed_path{"/populate", resource::populate},   fixed_path{"/reset", resource::reset},
    fixed_path{"/leases/renew", resource::leases},
};

constexpr std::string_view below = "/proxies/";

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

std::optional<target> find_target(std::string_view path) {
  const auto decoded = http::percent_decode(path);
  if (!decoded) return std::nullopt;
  for (const auto& one : fixed_paths) {
    if (one.path == *decoded) return target{one.what, {}, {}};
  }
  if (!decoded->starts_with(below)) return std::nullopt;
  const auto parts = split(std::string_view(*decoded).substr(below.size()));
  const bool named = std::all_of(parts.begin(), parts.end(), [](std::string_view p) { return !p.empty(); });
  if (!named || parts.size() > 3) return std::nullopt;
  target found{resource::proxy, std::string(parts[0]), {}};
  if (parts.size() == 1) return found;
  if (parts[1] != "toxics") return std::nullopt;
  found.what = resource::toxics;
  if (parts.size() == 2) return found;
  found.what = resource::toxic;
  found.toxic = parts[2];
  return found;
}

bool takes_method(resource what, std::string_view method) {
  const bool reads = method == "GET";
  const bool writes = method == "POST";
  switch (what) {
    case resource::version:
      return reads;
    case resource::proxies:
    case resource::toxics:
      return reads || writes;
    case resource::populate:
    case resource::reset:
    case resource::leases:
      return writes;
    case resource::proxy:
    case resource::toxic:
      return reads || writes || method == "PATCH" || method == "DELETE";
  }
  return false;
}

}  // namespace epicenter::proxy::toxiproxy
