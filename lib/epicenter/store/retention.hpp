// How long records are kept.
#pragma once

#include <epicenter/base/time.hpp>

namespace epicenter::store {

/// HIPAA, 45 CFR 164.316(b)(2)(i): six years from the day a record was made.
inline constexpr std::chrono::years default_retention{6};

/// The moment that lies the period before: what is older may go. Whole calendar years; where the day
/// does not exist, the one before: never a day too early.
wall_time retention_limit(wall_time now, std::chrono::years period);

}  // namespace epicenter::store
