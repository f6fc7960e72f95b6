// The config file of a server: the array that POST /populate takes.
#pragma once

#include "harness/proxy/toxiproxy/toxiproxy_api.hpp"

namespace epicenter::proxy::toxiproxy {

inline constexpr std::size_t largest_config = 4 * 1024 * 1024;

enum class config_errc {
  unreadable = 1,  ///< no such file, or larger than largest_config
  unsound,         ///< nothing of it was done
  half_way,        ///< the proxies before the one named were done
};
std::error_code make_error_code(config_errc);

/// Reads the file and populates with it; the number of proxies. Errors name file, place and cure.
runtime::task<result<std::size_t>> apply_config_file(runtime::runtime&, toxiproxy_api&, std::string path);

}  // namespace epicenter::proxy::toxiproxy

template <>
struct std::is_error_code_enum<epicenter::proxy::toxiproxy::config_errc> : std::true_type {};
