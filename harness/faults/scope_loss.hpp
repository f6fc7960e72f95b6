// scope_loss: a client loses a scope. A lever of the mock, listed here so that scenarios know it; the proxy
// cannot carry it out.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view scope_loss_summary =
    "a scope is no longer granted: 403 for what it permitted";
inline constexpr std::array scope_loss_parameters{
    parameter{"scope",
              parameter_kind::text,
              true,
              "",
              "the scope that is no longer granted: system/Observation.read, system/*.rs",
              {}},
};

}  // namespace epicenter::faults
