// One listening socket for several runtimes.
#pragma once

#include <epicenter/runtime/real/real_runtime.hpp>
#include <span>
#include <vector>

namespace epicenter::runtime {

/// A listener for each runtime, in their order. The first runtime's loop accepts, and hands the connections
/// over in turn: an even spread, which SO_REUSEPORT's hash of addresses does not give, over Unix sockets too,
/// and a port that is taken is still found out. The runtimes outlive the listeners; the first is destroyed
/// last.
result<std::vector<listener_ptr>> make_shared_listeners(std::span<real_runtime* const>, const endpoint&);

}  // namespace epicenter::runtime
