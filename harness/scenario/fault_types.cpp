#include "harness/scenario/fault_types.hpp"

#include <algorithm>
#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::scenario {
namespace {

using kind = param_kind;

constexpr later_param rate_limit_params[] = {
    {"limit", kind::rate, "calls that pass", {}, {}, true},
    {"retry_after", kind::choice, "form of the Retry-After header", "seconds date none", "\"seconds\""}};
constexpr later_param slow_headers_params[] = {{"delay", kind::delay, "before the headers", {}, {}, true}};
constexpr later_param slow_body_params[] = {{"rate", kind::size_rate, "bytes a second", {}, {}, true}};
constexpr later_param truncate_params[] = {{"bytes", kind::size, "of the body that pass", {}, {}, true}};
constexpr later_param corrupt_params[] = {{"offset", kind::size, "of the changed byte in the body"}};
constexpr later_param malformed_params[] = {{"offset", kind::size, "where the JSON breaks"}};
constexpr later_param wrong_type_params[] = {
    {"as", kind::choice, "what comes instead of JSON", "html xml", "\"html\""}};
constexpr later_param stale_response_params[] = {{"age", kind::duration, "of the answer that is repeated"}};
constexpr later_param redirect_params[] = {{"to", kind::text, "the location", {}, {}, true}};
constexpr later_param header_params[] = {{"name", kind::text, "of the header", {}, {}, true},
                                         {"value", kind::text, "of the header; absent: it is removed"}};
constexpr later_param by_params[] = {{"by", kind::duration, "how far", {}, {}, true}};

constexpr std::array types{
    later_fault{"rate_limit", "http", "Epic answers 429", rate_limit_params},
    later_fault{"slow_headers", "http", "the headers come late", slow_headers_params},
    later_fault{"slow_body", "http", "the body trickles", slow_body_params},
    later_fault{"truncate", "http", "the body ends early", truncate_params},
    later_fault{"corrupt", "http", "a byte of the body is changed", corrupt_params},
    later_fault{"malformed_json", "http", "the body is no JSON", malformed_params},
    later_fault{"wrong_type", "http", "the body is of another type", wrong_type_params},
    later_fault{"duplicate_response", "http", "the answer comes twice", {}},
    later_fault{"stale_response", "http", "an older answer comes again", stale_response_params},
    later_fault{"redirect", "http", "Epic redirects", redirect_params},
    later_fault{"header", "http", "a header is set or removed", header_params},
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
