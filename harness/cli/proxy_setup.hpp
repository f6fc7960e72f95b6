// What the options of `epicenter proxy` ask for.
#pragma once

#include <epicenter/http/private_ca.hpp>

#include "harness/cli/command.hpp"
#include "harness/proxy/proxy.hpp"

namespace epicenter::cli {

struct proxy_setup {
  proxy::proxy_options options;
  runtime::endpoint api_at;
  secret token;
  std::optional<proxy::route> first;  ///< of --listen and --upstream
  std::uint64_t seed = 1;
  std::size_t threads = 1;
};

/// A usage error, with the option it is about.
result<proxy_setup> proxy_setup_of(const arguments&);

/// Reads the files of the TLS options and gives the first route its TLS; the authority that clients are to
/// trust, PEM, where the proxy ends TLS. A usage error that names the file.
result<std::string> set_up_tls(const arguments&, wall_time now, proxy_setup&);

}  // namespace epicenter::cli
