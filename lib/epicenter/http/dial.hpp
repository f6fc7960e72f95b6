// Making a client's connection: directly or through the egress proxy, and TLS on top.
#pragma once

#include <epicenter/http/client.hpp>

namespace epicenter::http {

/// A stream on which the origin's server understands requests. The options outlive the task. The errors are
/// those of exchange_failure: errc::connect_failed, tls_failed, cancelled, each with its cause.
runtime::task<result<runtime::stream_ptr>> dial(runtime::runtime&, const client_options&, origin where,
                                                instant deadline);

}  // namespace epicenter::http
