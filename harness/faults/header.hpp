// header: a header field is set or removed on the way.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view header_summary = "a header is set or removed";
inline constexpr std::array<std::string_view, 2> header_directions{"request", "response"};
inline constexpr std::array header_parameters{
    parameter{"field",
              parameter_kind::text,
              true,
              "",
              "the name of the header; none that frames the message or belongs to the connection",
              {}},
    parameter{"value",
              parameter_kind::text,
              false,
              "",
              "replaces all headers of that name; absent: they are removed",
              {}},
    parameter{"direction", parameter_kind::choice, false, "response", "whose header it is",
              header_directions},
};
std::unique_ptr<fault> make_header(const json::object& canonical);
/// errc::bad_parameter where the name is no token, the value has control characters, or the field frames the
/// message or belongs to the connection.
result<> check_header(const json::object& canonical);

}  // namespace epicenter::faults
