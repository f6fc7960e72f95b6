// The types of toxics, one file each beside this one.
#pragma once

#include "harness/proxy/toxiproxy/toxic_type.hpp"

namespace epicenter::proxy::toxiproxy {

extern const toxic_type latency_toxic;
extern const toxic_type bandwidth_toxic;
extern const toxic_type slow_close_toxic;
extern const toxic_type timeout_toxic;
extern const toxic_type reset_peer_toxic;
extern const toxic_type slicer_toxic;
extern const toxic_type limit_data_toxic;
extern const toxic_type noop_toxic;

}  // namespace epicenter::proxy::toxiproxy
