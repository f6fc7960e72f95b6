// What can go wrong between a program and its network or clock.
#pragma once

#include <boost/system/error_code.hpp>
#include <epicenter/base/result.hpp>

namespace epicenter::runtime {

enum class errc {
  refused = 1,       ///< nobody listens there
  reset,             ///< the peer (or the network) reset the connection
  end_of_stream,     ///< the peer has sent all it had to send
  timed_out,         ///< the deadline passed first
  cancelled,         ///< the caller took the operation back
  name_not_found,    ///< the host name does not resolve
  unreachable,       ///< no route, or the network is down
  address_in_use,    ///< another listener has the address
  closed,            ///< this side has closed the stream or listener already
  invalid_endpoint,  ///< not host:port and not unix:/path
  resource_limit,    ///< a bound of this process or of the runtime was reached
  io,                ///< any other failure of the operating system; the detail has its words
};
std::error_code make_error_code(errc);

/// The errc that stands for what Asio or the operating system reported.
errc from_system(const boost::system::error_code&);
/// The boost::system code by which streams of every runtime report the errc (so that Asio and Beast
/// understand it).
boost::system::error_code to_system(errc);

}  // namespace epicenter::runtime

template <>
struct std::is_error_code_enum<epicenter::runtime::errc> : std::true_type {};
