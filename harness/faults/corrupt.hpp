// corrupt: bytes of the body are not those that Epic sent.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view corrupt_summary = "bytes of the body are changed";
inline constexpr std::array corrupt_parameters{
    parameter{
        "offset",
        parameter_kind::size,
        false,
        "",
        "of the first changed byte in the body as it is on the wire; the others follow it. Default: bytes "
        "drawn from the whole body. A body that ends before it passes unchanged",
        {}},
    parameter{"bytes",
              parameter_kind::integer,
              false,
              "1",
              "how many are changed, each to another value; fewer where the body has no more",
              {},
              1,
              65'536},
};
std::unique_ptr<fault> make_corrupt(const json::object& canonical);

}  // namespace epicenter::faults
