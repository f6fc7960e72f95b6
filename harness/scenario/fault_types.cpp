#include "harness/scenario/fault_types.hpp"

#include <algorithm>
#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::scenario {
namespace {

using kind = param_kind;

constexpr later_param bandwidth_params[] = {
    {"limit", kind::size_rate, "bytes a second", {}, {}, true},
    {"shared", kind::boolean, "one limit for all connections", {}, "false"}};
constexpr later_param slice_params[] = {{"size", kind::size, "of each piece", {}, {}, true},
                                        {"gap", kind::duration, "between two pieces"}};
constexpr later_param slow_close_params[] = {{"delay", kind::duration, "until the close", {}, {}, true}};
constexpr later_param half_open_params[] = {
    {"direction", kind::choice, "the leg that is dead", "request response", "\"response\""}};
constexpr later_param cut_params[] = {{"bytes", kind::size, "passed before the cut", {}, {}, true}};
constexpr later_param dns_params[] = {
    {"mode", kind::choice, "how the name fails", "nxdomain timeout", "\"nxdomain\""}};
constexpr later_param tls_params[] = {{"mode",
                                       kind::choice,
                                       "what is wrong with the handshake",
                                       "expired wrong_host self_signed untrusted handshake_abort",
                                       {},
                                       true}};
constexpr later_param by_params[] = {{"by", kind::duration, "how far", {}, {}, true}};

constexpr std::array types{
    later_fault{"bandwidth", "network", "the line is slow", bandwidth_params},
    later_fault{"slice", "network", "bytes come in small pieces", slice_params},
    later_fault{"slow_close", "network", "closing takes long", slow_close_params},
    later_fault{"half_open", "network", "one direction is dead", half_open_params},
    later_fault{"cut", "network", "the connection breaks in mid-stream", cut_params},
    later_fault{"dns", "network", "the name does not resolve", dns_params},
    later_fault{"tls", "network", "the handshake fails", tls_params},
    later_fault{"crash", "process", "kill -9 of the target, and restart", {}, true},
    later_fault{"pause", "process", "SIGSTOP of the target", {}},
    later_fault{"clock_jump", "process", "the target's clock jumps", by_params, true},
};

}  // namespace

std::span<const later_fault> later_faults() {
  return types;
}

bool is_instant(std::string_view type) {
  if (const faults::fault_type* known = faults::find(type)) return known->instant;
  return std::any_of(types.begin(), types.end(),
                     [&](const later_fault& one) { return one.name == type && one.instant; });
}

}  // namespace epicenter::scenario
