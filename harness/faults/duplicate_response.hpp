// duplicate_response: the answer comes twice, so that the next request on the connection reads an old one.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view duplicate_response_summary =
    "the answer comes twice: the next request on the connection reads the old one";
inline constexpr std::array<parameter, 0> duplicate_response_parameters{};
std::unique_ptr<fault> make_duplicate_response(const json::object& canonical);

}  // namespace epicenter::faults
