#include "harness/proxy/dialler.hpp"

#include "harness/proxy/handshakes.hpp"
#include "harness/proxy/proxy.hpp"

namespace epicenter::proxy {
namespace {

/// The name of the upstream does not resolve: because a fault says so.
runtime::task<result<runtime::stream_ptr>> fail_to_resolve(link_context shared, bool silent) {
  if (silent) {
    const auto waited = co_await sleep_for(shared.rt, shared.options.connect_timeout);
    if (!waited) co_return fail(waited.error());
    co_return fail(runtime::errc::timed_out);
  }
  co_return fail(runtime::errc::name_not_found);
}

/// What the upstream gets to see before the first byte of the client.
runtime::task<result<runtime::stream_ptr>> greet(link_context shared, const both_sides& sides,
                                                 runtime::stream_ptr upstream, instant deadline) {
  if (shared.way.announce) {
    const std::string header =
        relayed_header(*shared.way.announce, sides.client_address, sides.reached_address);
    auto writing = write_all(*upstream, boost::asio::buffer(header));
    auto limited = with_timeout(shared.rt, deadline, std::move(writing));
    const auto written = co_await std::move(limited);
    if (!written) co_return fail(written.error());
  }
  if (!shared.way.tls) co_return std::move(upstream);
  auto shaking =
      handshake_with_upstream(shared.rt, shared.way.tls, std::move(upstream), shared.way.upstream, deadline);
  co_return co_await std::move(shaking);
}

}  // namespace

runtime::task<result<runtime::stream_ptr>> dial_upstream(link_context shared, const both_sides& sides) {
  const whose of{sides.number, {}};
  result<runtime::stream_ptr> dialled;
  if (const auto lookup = shared.faults.decide_lookup(sides.peer, of)) {
    auto failing = fail_to_resolve(shared, lookup->silent);
    dialled = co_await std::move(failing);
  } else {
    const instant deadline = shared.rt.now() + shared.options.connect_timeout;
    auto dialling = connect(shared.rt, shared.way.upstream, deadline);
    dialled = co_await std::move(dialling);
    // A name says nothing about where it leads.
    if (dialled && !shared.options.upstreams.reached(shared.way.upstream, (*dialled)->remote_endpoint())) {
      (*dialled)->reset();
      dialled = fail(errc::upstream_refused, shared.way.upstream.to_string());
    }
    if (dialled) {
      auto greeting = greet(shared, sides, std::move(*dialled), deadline);
      dialled = co_await std::move(greeting);
    }
  }
  if (!dialled) add_to(shared.counters.failed_dials, 1);
  co_return dialled;
}

}  // namespace epicenter::proxy
