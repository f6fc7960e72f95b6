// The values of fault parameters that are more than one scalar, read to the canonical form of the fault
// catalog.
#pragma once

#include <epicenter/json/value.hpp>

#include "harness/scenario/binding.hpp"

namespace epicenter::scenario {

/// 500ms, 500ms..2000ms, {median, p99}, {mean, deviation}, {scale, shape}, {values}, or {samples: FILE},
/// which is read here.
binder<json::value> delay_format();
/// 503 or [500, 503].
binder<json::value> statuses_format(std::int64_t least, std::int64_t most);
/// 5s or {after: 5s, form: date}: whole seconds.
binder<json::value> retry_after_format();
/// 64kB/s, in bytes a second.
binder<json::value> size_rate_format();

}  // namespace epicenter::scenario
