#include "harness/scenario/fault_types.hpp"

#include <algorithm>
#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::scenario {
namespace {

using kind = param_kind;

constexpr later_param by_params[] = {{"by", kind::duration, "how far", {}, {}, true}};

constexpr std::array types{
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
