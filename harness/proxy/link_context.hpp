// What the connections of one route on one loop share.
#pragma once

#include <epicenter/runtime/unseen_relay.hpp>

#include "harness/proxy/exchange_record.hpp"
#include "harness/proxy/fleet.hpp"
#include "harness/proxy/proxy_options.hpp"
#include "harness/proxy/route_faults.hpp"

namespace epicenter::proxy {

using runtime::add_to;

/// The counters of one route on one loop: written by that loop, read by anyone.
struct link_counters {
  std::atomic<std::uint64_t> accepted{0}, closed{0}, failed_dials{0}, requests{0};
  std::atomic<std::uint64_t> in_flight{0};  ///< requests received and not answered yet
  runtime::relay_counters bytes;            ///< forward: towards the upstream
};

/// A counter that goes up and down, where only one thread writes.
inline void subtract_from(std::atomic<std::uint64_t>& counter, std::uint64_t n) {
  counter.store(counter.load(std::memory_order_relaxed) - n, std::memory_order_relaxed);
}

/// What all loops of a proxy share: every part is safe to use from any of them.
struct shared_state {
  const proxy_options options;
  injection_log injections;
  std::atomic<std::uint64_t> last_connection{0};
  exchange_recorder* recorder = nullptr;  ///< null: nothing is recorded
};

struct link_context {
  runtime::runtime& rt;
  route_faults& faults;
  const proxy_options& options;
  link_counters& counters;
  exchange_recorder* recorder;
  const route& way;  ///< as it is now
};

}  // namespace epicenter::proxy
