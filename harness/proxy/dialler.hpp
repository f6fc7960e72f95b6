// From a route to a connection to its upstream.
#pragma once

#include "harness/proxy/connection.hpp"

namespace epicenter::proxy {

/// Resolves and connects, within the dial's time limit. runtime::errc as of connect.
runtime::task<result<runtime::stream_ptr>> dial_upstream(link_context, const both_sides&);

}  // namespace epicenter::proxy
