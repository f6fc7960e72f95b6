// From a route to a connection to its upstream.
#pragma once

#include "harness/proxy/connection.hpp"

namespace epicenter::proxy {

/// Resolves and connects, sends the PROXY header and shakes hands as the route wants it, all within the
/// dial's time limit. runtime::errc as of connect; http::errc::tls_failed.
runtime::task<result<runtime::stream_ptr>> dial_upstream(link_context, const both_sides&);

}  // namespace epicenter::proxy
