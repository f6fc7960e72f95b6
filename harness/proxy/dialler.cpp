#include "harness/proxy/dialler.hpp"

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

}  // namespace

runtime::task<result<runtime::stream_ptr>> dial_upstream(link_context shared, const both_sides& sides) {
  const whose of{sides.number, {}};
  if (const auto lookup = shared.faults.decide_lookup(sides.peer, of)) {
    auto failing = fail_to_resolve(shared, lookup->silent);
    auto failed = co_await std::move(failing);
    co_return failed;
  }
  auto dialling = connect(shared.rt, shared.way.upstream, shared.rt.now() + shared.options.connect_timeout);
  auto dialled = co_await std::move(dialling);
  if (!dialled) add_to(shared.counters.failed_dials, 1);
  co_return dialled;
}

}  // namespace epicenter::proxy
