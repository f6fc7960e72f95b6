#include "harness/proxy/handshakes.hpp"

#include <epicenter/http/client_opening.hpp>
#include <epicenter/http/error.hpp>
#include <epicenter/runtime/task.hpp>

namespace epicenter::proxy {
namespace {

runtime::task<result<runtime::stream_ptr>> cut_off(runtime::runtime& rt, runtime::stream_ptr client,
                                                   instant deadline) {
  const std::string record = http::tls_alert(http::alert::handshake_failure);
  auto writing = runtime::write_all(*client, boost::asio::buffer(record));
  const result<> sent = co_await runtime::with_timeout(rt, deadline, std::move(writing));
  client->close();
  if (!sent) co_return fail(sent.error());
  co_return fail(http::errc::tls_failed, "cut off by a fault");
}

}  // namespace

result<tls_ends_ptr> make_tls_ends(route_tls route, std::shared_ptr<const http::private_ca> ca,
                                   wall_time now) {
  auto made = std::make_shared<tls_ends>();
  if (route.terminate) {
    auto faces = tls_faces::make(std::move(ca), faces_of(route), now);
    if (!faces) return fail(faces.error());
    made->faces = std::move(*faces);
  }
  if (route.originate) {
    auto upstream = make_upstream_tls(route);
    if (!upstream) return fail(upstream.error());
    made->upstream = std::move(*upstream);
  }
  made->route = std::move(route);
  return made;
}

bool needs_handshake(const tls_ends& ends, const std::optional<faults::bad_handshake>& bad) {
  return ends.faces != nullptr || bad.has_value();
}

runtime::task<result<runtime::stream_ptr>> handshake_with_client(runtime::runtime& rt, tls_ends_ptr ends,
                                                                 runtime::stream_ptr client,
                                                                 std::optional<faults::bad_handshake> bad,
                                                                 instant deadline) {
  if (!needs_handshake(*ends, bad)) co_return std::move(client);
  auto opening = co_await http::read_client_opening(rt, *client, deadline);
  if (!opening) co_return fail(std::move(opening.error()));
  const bool speaks_tls = opening->state == http::hello_state::yes;
  if (bad && !speaks_tls) {
    client->reset();
    co_return fail(http::errc::tls_failed, "reset by a fault: the client does not speak TLS");
  }
  auto flaw = http::certificate_flaw::none;
  if (bad) {
    const auto shown = certificate_flaw_of(bad->flaw);
    if (!ends->faces || !shown) {
      auto cutting = cut_off(rt, std::move(client), deadline);
      co_return co_await std::move(cutting);
    }
    flaw = *shown;
  }
  // Clients that connect to an address name no server.
  const std::string host = opening->host.empty() ? client->local_endpoint().host : opening->host;
  auto face = ends->faces->face(host, flaw, rt.wall());
  if (!face) co_return fail(std::move(face.error()));
  std::string begun = std::move(opening->bytes);
  http::tls_context_ptr as = std::move(*face);
  auto accepting = http::tls_accept(rt, std::move(as), std::move(client), deadline, std::move(begun));
  co_return co_await std::move(accepting);
}

runtime::task<result<runtime::stream_ptr>> handshake_with_upstream(runtime::runtime& rt, tls_ends_ptr ends,
                                                                   runtime::stream_ptr upstream,
                                                                   runtime::endpoint dialled,
                                                                   instant deadline) {
  if (!ends->upstream) co_return std::move(upstream);
  std::string name = ends->route.server_name.empty() ? dialled.host : ends->route.server_name;
  http::tls_context_ptr as = ends->upstream;
  auto connecting = http::tls_connect(rt, std::move(as), std::move(upstream), std::move(name), deadline);
  co_return co_await std::move(connecting);
}

}  // namespace epicenter::proxy
