// Resolving a name and connecting to whichever of its addresses answers (address_race.hpp).
#pragma once

#include <boost/asio/io_context.hpp>
#include <epicenter/runtime/runtime.hpp>

namespace epicenter::runtime {

/// Honours the handler's cancellation slot; completes on the loop, never inline.
void start_connect(boost::asio::io_context&, endpoint, connect_handler);

}  // namespace epicenter::runtime
