// Head and body of one response at the pace that a fault sets.
#pragma once

#include <memory>

#include "harness/faults/stage.hpp"
#include "harness/faults/verdict.hpp"

namespace epicenter::proxy {

/// For the bytes of one response from its first on. Rates are kept to the piece: at most 20 ms worth of bytes
/// leave at once.
std::unique_ptr<faults::stage> make_pace_stage(const faults::pace&, std::size_t head_bytes);

}  // namespace epicenter::proxy
