// The tunnel to a server that an egress proxy opens.
#pragma once

#include <epicenter/http/egress_proxy.hpp>
#include <epicenter/runtime/runtime.hpp>

namespace epicenter::http {

/// Asks for a tunnel on a connection to the proxy and returns that connection, which from then on is the
/// server's. No byte that came behind the proxy's answer is passed on: the server speaks second, so it can
/// only be forged. A proxy_errc, or runtime::errc::timed_out and cancelled.
runtime::task<result<runtime::stream_ptr>> open_tunnel(runtime::runtime&, runtime::stream_ptr to_proxy,
                                                       egress_proxy, runtime::endpoint server,
                                                       instant deadline);

}  // namespace epicenter::http
