// page_expiry: sessions of searches expire before their pages are fetched. A lever of the mock, listed here
// so that scenarios know it; the proxy cannot carry it out.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view page_expiry_summary = "links to further pages have expired (4113)";
inline constexpr std::array page_expiry_parameters{
    parameter{
        "page_size",
        parameter_kind::integer,
        false,
        "",
        "pages have at most so many entries, so that there are links to follow; default: pages as they are",
        {},
        1,
        1'000},
};

}  // namespace epicenter::faults
