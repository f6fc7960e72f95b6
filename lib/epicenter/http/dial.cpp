#include <epicenter/http/dial.hpp>
#include <epicenter/http/tunnel.hpp>
#include <epicenter/runtime/task.hpp>

namespace epicenter::http {
namespace {

using opened = result<runtime::stream_ptr>;

error cannot_connect(error why) {
  const errc kind = why == make_error_code(runtime::errc::cancelled) ? errc::cancelled : errc::connect_failed;
  return error(make_error_code(kind)).caused_by(std::move(why));
}

error cannot_handshake(error why) {
  if (why == make_error_code(errc::tls_failed)) return why;
  if (why == make_error_code(runtime::errc::cancelled) || why == make_error_code(runtime::errc::timed_out))
    return cannot_connect(std::move(why));
  return error(make_error_code(errc::tls_failed)).caused_by(std::move(why));
}

// What went wrong between here and the proxy, as its cause. A caller who gave up is no fault of the proxy.
error of_proxy(error why, proxy_errc kind, const egress_proxy& proxy) {
  const bool own = why.code().category() == make_error_code(kind).category();
  if (own || why == make_error_code(runtime::errc::cancelled)) return cannot_connect(std::move(why));
  error named(make_error_code(kind), proxy.where.server.to_string());
  return cannot_connect(std::move(named).caused_by(std::move(why)));
}

runtime::task<opened> secure(runtime::runtime& rt, const client_options& options, runtime::stream_ptr carrier,
                             std::string host, instant limit) {
  if (!options.tls) co_return fail(errc::tls_failed, "the client has no TLS settings");
  auto secured = co_await tls_connect(rt, options.tls, std::move(carrier), std::move(host), limit);
  if (!secured) co_return fail(cannot_handshake(std::move(secured.error())));
  co_return secured;
}

runtime::task<opened> tunnel_to(runtime::runtime& rt, const client_options& options,
                                const egress_proxy& proxy, runtime::endpoint server, instant deadline) {
  const instant limit = std::min(deadline, rt.now() + proxy.connect_timeout);
  auto carrier = co_await runtime::connect(rt, proxy.where.server, limit);
  if (!carrier) co_return fail(of_proxy(std::move(carrier.error()), proxy_errc::unreachable, proxy));
  if (proxy.where.tls) {
    carrier = co_await secure(rt, options, std::move(*carrier), proxy.where.server.host, limit);
    if (!carrier) {
      error named(make_error_code(proxy_errc::unreachable), proxy.where.server.to_string());
      const std::error_code kind = carrier.error().code();
      co_return fail(error(kind).caused_by(std::move(named).caused_by(std::move(carrier.error()))));
    }
  }
  auto through = co_await open_tunnel(rt, std::move(*carrier), proxy, std::move(server), limit);
  if (!through) co_return fail(of_proxy(std::move(through.error()), proxy_errc::no_answer, proxy));
  co_return through;
}

}  // namespace

runtime::task<opened> dial(runtime::runtime& rt, const client_options& options, origin where,
                           instant deadline) {
  instant limit = std::min(deadline, rt.now() + options.connect_timeout);
  const egress_proxy* const proxy = options.proxy ? &*options.proxy : nullptr;
  opened stream = fail(errc::connect_failed);
  if (proxy != nullptr && !proxy->direct.covers(where.server)) {
    stream = co_await tunnel_to(rt, options, *proxy, where.server, deadline);
    if (!stream) co_return stream;
    limit = std::min(deadline, rt.now() + options.connect_timeout);
  } else {
    stream = co_await runtime::connect(rt, where.server, limit);
    if (!stream) co_return fail(cannot_connect(std::move(stream.error())));
  }
  if (!where.tls) co_return stream;
  stream = co_await secure(rt, options, std::move(*stream), where.server.host, limit);
  co_return stream;
}

}  // namespace epicenter::http
