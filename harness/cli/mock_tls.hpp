// The TLS of `epicenter mock`.
#pragma once

#include <epicenter/http/tls.hpp>

#include "harness/cli/command.hpp"

namespace epicenter::cli {

struct mock_tls {
  http::tls_context_ptr context;  ///< empty: plain text
  std::string ca_pem;             ///< of the authority made here; empty where there is none
};

/// What --tls, --tls-certificate, --cert and --key ask for, without a look at files: a usage error, or
/// nothing.
result<> check_tls(const arguments&);

/// The certificate is made here, for loopback and the host listened on, or read from --cert and --key. A
/// usage error where those cannot be used.
result<mock_tls> make_mock_tls(const arguments&, const std::string& listen_host, wall_time now);

}  // namespace epicenter::cli
