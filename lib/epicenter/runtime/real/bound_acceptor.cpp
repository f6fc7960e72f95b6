#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <epicenter/runtime/real/bound_acceptor.hpp>
#include <optional>

namespace epicenter::runtime {
namespace {

using acceptor_type = bound_acceptor::acceptor_type;

result<socket_protocol::endpoint> address_of(const endpoint& where) {
  namespace ip = boost::asio::ip;
  if (where.is_unix()) {
    try {
      return socket_protocol::endpoint(boost::asio::local::stream_protocol::endpoint(where.path));
    } catch (const boost::system::system_error&) {
      return fail(errc::invalid_endpoint, where.to_string());
    }
  }
  std::string host = where.host;
  if (host == "localhost") host = "127.0.0.1";
  if (host.empty()) host = "0.0.0.0";
  system_error_code code;
  const ip::address address = ip::make_address(host, code);
  if (code)
    return fail(errc::invalid_endpoint, where.to_string() + ": listening needs an address, not a name");
  return socket_protocol::endpoint(ip::tcp::endpoint(address, where.port));
}

system_error_code open(acceptor_type& acceptor, const socket_protocol::endpoint& address, bool is_unix) {
  system_error_code code;
  acceptor.open(address.protocol(), code);
  if (!code && !is_unix) acceptor.set_option(boost::asio::socket_base::reuse_address(true), code);
  if (!code) acceptor.bind(address, code);
  if (!code) acceptor.listen(boost::asio::socket_base::max_listen_connections, code);
  return code;
}

// The file of a Unix socket outlives a process that was killed. It is in nobody's way if nobody answers.
bool remove_if_stale(boost::asio::io_context& loop, const endpoint& where,
                     const socket_protocol::endpoint& address) {
  socket_type probe(loop.get_executor(), address.protocol());
  system_error_code code;
  probe.connect(address, code);
  if (code != boost::asio::error::connection_refused) return false;
  // A connection to a plain file is refused, too.
  struct stat found {};
  return ::lstat(where.path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode) &&
         ::unlink(where.path.c_str()) == 0;
}

}  // namespace

void bound_acceptor::close() {
  if (!acceptor.is_open()) return;
  system_error_code ignored;
  acceptor.close(ignored);
  if (local.is_unix()) ::unlink(local.path.c_str());
}

result<bound_acceptor> open_acceptor(boost::asio::io_context& loop, const endpoint& where) {
  const result<socket_protocol::endpoint> address = address_of(where);
  if (!address) return fail(address.error());
  std::optional<acceptor_type> acceptor(std::in_place, loop.get_executor());
  system_error_code code = open(*acceptor, *address, where.is_unix());
  if (code == boost::asio::error::address_in_use && where.is_unix() &&
      remove_if_stale(loop, where, *address)) {
    acceptor.emplace(loop.get_executor());
    code = open(*acceptor, *address, true);
  }
  if (code) {
    const errc what = from_system(code);
    return fail(what, where.to_string() + (what == errc::io ? ": " + code.message() : ""));
  }
  endpoint local = where;
  if (!where.is_unix()) local.port = to_endpoint(acceptor->local_endpoint(code)).port;
  return bound_acceptor{std::move(*acceptor), std::move(local)};
}

}  // namespace epicenter::runtime
