// The two streams at the ends of a simulated connection.
#pragma once

#include <epicenter/runtime/virtual/connection.hpp>
#include <utility>

namespace epicenter::runtime {

/// The streams of a new connection, {client's, server's}.
std::pair<stream_ptr, stream_ptr> make_connection(simulation&, const link_model&, connection_ends,
                                                  std::uint64_t jitter_seed);

}  // namespace epicenter::runtime
