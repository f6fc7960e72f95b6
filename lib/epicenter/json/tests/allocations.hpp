// Allocations of this test program.
#pragma once

#include <cstddef>

namespace epicenter::json::test {

/// Made and not given back yet.
std::size_t live_allocations();
/// Made so far.
std::size_t allocations();

}  // namespace epicenter::json::test
