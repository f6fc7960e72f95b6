#include <boost/asio/error.hpp>
#include <epicenter/runtime/error.hpp>

namespace epicenter::runtime {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<errc>(value)) {
    case errc::refused:
      return "nobody listens there";
    case errc::reset:
      return "the connection was reset";
    case errc::end_of_stream:
      return "the peer has ended the stream";
    case errc::timed_out:
      return "the deadline passed";
    case errc::cancelled:
      return "the operation was cancelled";
    case errc::name_not_found:
      return "the host name does not resolve";
    case errc::unreachable:
      return "the network or host cannot be reached";
    case errc::address_in_use:
      return "the address is in use";
    case errc::closed:
      return "the stream or listener is closed";
    case errc::invalid_endpoint:
      return "not an endpoint";
    case errc::resource_limit:
      return "a resource limit was reached";
    case errc::io:
      return "the operating system reported a failure";
  }
  return "unknown runtime error";
}

}  // namespace

std::error_code make_error_code(errc code) {
  static const error_sentences category{"runtime", sentence_of};
  return {static_cast<int>(code), category};
}

errc from_system(const boost::system::error_code& code) {
  namespace net = boost::asio::error;
  if (code == net::eof) return errc::end_of_stream;
  if (code == net::host_not_found || code == net::host_not_found_try_again || code == net::no_data ||
      code == net::service_not_found) {
    return errc::name_not_found;
  }
  if (code == net::operation_aborted) return errc::cancelled;
  if (code == net::connection_refused) return errc::refused;
  // A Unix socket whose file is gone.
  if (code == boost::system::errc::no_such_file_or_directory) return errc::refused;
  if (code == net::connection_reset || code == net::broken_pipe || code == net::connection_aborted) {
    return errc::reset;
  }
  if (code == net::timed_out) return errc::timed_out;
  if (code == net::host_unreachable || code == net::network_unreachable || code == net::network_down) {
    return errc::unreachable;
  }
  if (code == net::address_in_use) return errc::address_in_use;
  if (code == net::bad_descriptor || code == net::not_connected || code == net::shut_down)
    return errc::closed;
  if (code == net::invalid_argument || code == net::address_family_not_supported) {
    return errc::invalid_endpoint;
  }
  if (code == net::no_descriptors || code == net::no_memory || code == net::no_buffer_space ||
      code == boost::system::errc::too_many_files_open_in_system) {
    return errc::resource_limit;
  }
  return errc::io;
}

boost::system::error_code to_system(errc code) {
  namespace net = boost::asio::error;
  switch (code) {
    case errc::refused:
      return net::connection_refused;
    case errc::reset:
      return net::connection_reset;
    case errc::end_of_stream:
      return net::eof;
    case errc::timed_out:
      return net::timed_out;
    case errc::cancelled:
      return net::operation_aborted;
    case errc::name_not_found:
      return net::host_not_found;
    case errc::unreachable:
      return net::host_unreachable;
    case errc::address_in_use:
      return net::address_in_use;
    case errc::closed:
      return net::bad_descriptor;
    case errc::invalid_endpoint:
      return net::invalid_argument;
    case errc::resource_limit:
      return net::no_descriptors;
    case errc::io:
      break;
  }
  return boost::system::errc::make_error_code(boost::system::errc::io_error);
}

}  // namespace epicenter::runtime
