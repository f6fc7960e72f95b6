// How one hop of the simulated network behaves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <epicenter/base/time.hpp>

namespace epicenter::runtime {

/// Each way of a connection on its own.
struct link_model {
  duration latency = 200us;            ///< propagation
  duration jitter = 0ns;               ///< added uniformly in [0, jitter]; order is kept
  std::uint64_t bytes_per_second = 0;  ///< 0: unlimited
  std::size_t buffer = 64 * 1024;      ///< bytes sent and not yet read before a writer waits; at least 1
};

}  // namespace epicenter::runtime
