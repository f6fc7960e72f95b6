// malformed_json: the body was JSON, and no parser takes it any more. The message around it is whole.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view malformed_json_summary = "the body is no JSON any more";
inline constexpr std::array<std::string_view, 3> malformed_json_places{"start", "middle", "end"};
inline constexpr std::array malformed_json_parameters{
    parameter{
        "where", parameter_kind::choice, false, "end",
        "where the JSON breaks. The body keeps its length; a gzip body is unpacked first and sent without "
        "a Content-Encoding. What is not JSON, or has another coding, passes unchanged",
        malformed_json_places},
    parameter{"offset",
              parameter_kind::size,
              false,
              "",
              "in place of where: it breaks at the first comma, colon or bracket from this byte of the text",
              {}},
};
std::unique_ptr<fault> make_malformed_json(const json::object& canonical);

}  // namespace epicenter::faults
