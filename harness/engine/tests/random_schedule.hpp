// Scenarios with random faults: everything about one is drawn from its seed.
#pragma once

#include <cstdint>
#include <string>

#include "harness/scenario/model.hpp"

namespace epicenter::engine {

/// One experiment with one to four faults of the catalog's types at random times, for random calls; random
/// load, profile, token life and time-outs. What may happen is judged leniently while they last, strictly
/// afterwards.
scenario::scenario schedule_of(std::uint64_t seed);
/// For whoever has to understand a failure: what was drawn, and how to run it again.
std::string describe(const scenario::scenario&);

}  // namespace epicenter::engine
