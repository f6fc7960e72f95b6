// One stream in two hands: what a handshake has taken can still be torn down by the one who gave it.
#pragma once

#include <epicenter/runtime/stream.hpp>
#include <memory>

namespace epicenter::proxy {

/// Forwards everything to the stream that is kept elsewhere, too. Its destruction closes that stream.
runtime::stream_ptr share(std::shared_ptr<runtime::stream>);

}  // namespace epicenter::proxy
