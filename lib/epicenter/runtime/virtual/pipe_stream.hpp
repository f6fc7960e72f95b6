// One simulated connection: two byte pipes with latency, bandwidth and back-pressure, and the two streams at
// its ends.
#pragma once

#include <epicenter/runtime/buffer_list.hpp>
#include <epicenter/runtime/virtual/byte_ring.hpp>
#include <epicenter/runtime/virtual/link_model.hpp>
#include <epicenter/runtime/virtual/simulation.hpp>
#include <utility>

namespace epicenter::runtime {

struct connection_ends {
  endpoint client;
  endpoint server;
};

/// The two streams of a new connection, {client's, server's}. The seed draws the link's jitter.
std::pair<stream_ptr, stream_ptr> make_connection(simulation&, const link_model&, connection_ends,
                                                  std::uint64_t jitter_seed);

}  // namespace epicenter::runtime
