// How a client opens its connection, read from the stream before anybody decides what becomes of it.
#pragma once

#include <epicenter/http/client_hello.hpp>
#include <epicenter/runtime/runtime.hpp>

namespace epicenter::http {

struct client_opening {
  hello_state state = hello_state::no;  ///< yes: TLS; no: anything else, also where the stream ended early
  std::string host;                     ///< the server that TLS asks for; empty: none
  std::string bytes;  ///< all that was read, longest_client_hello at most: for tls_accept, or to pass on
};

/// Reads until it is known. errc::timed_out, reset, …: what had been read is lost then.
runtime::task<result<client_opening>> read_client_opening(runtime::runtime&, runtime::stream&,
                                                          instant deadline);

}  // namespace epicenter::http
