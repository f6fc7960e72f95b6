// How old a signing key may grow: the runbook rotates every 90 days.
#pragma once

#include <epicenter/base/time.hpp>
#include <string_view>

namespace epicenter::smart {

enum class key_age_level {
  fine,
  warning,  ///< from 80 days: rotate soon
  fault,    ///< from 90 days: overdue. The key signs on: a hospital without its record is worse off
};
/// "fine", "warning", "fault".
std::string_view to_string(key_age_level);

struct key_age_limits {
  duration warning = std::chrono::days(80);
  duration fault = std::chrono::days(90);
};

/// A key from the future (a clock that went back) is fine.
key_age_level level_of(duration age, const key_age_limits& = {});

}  // namespace epicenter::smart
