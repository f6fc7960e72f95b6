// Calls that wait for the site's next day, because its limit for this one is used up (4135).
#pragma once

#include <epicenter/base/time.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace epicenter::epic {

class parking {
 public:
  /// What a read of this type counts against: documents and what they say share one limit.
  static std::string_view lot_of(std::string_view type) {
    return type == "Binary" ? std::string_view("DocumentReference") : type;
  }
  static bool has_daily_limit(std::string_view type) { return lot_of(type) == "DocumentReference"; }
  void park(std::string_view type, wall_time until) { lots_[std::string(lot_of(type))] = until; }
  /// Until when; nothing where calls of this type may go.
  std::optional<wall_time> parked_until(std::string_view type, wall_time now) const {
    const auto found = lots_.find(lot_of(type));
    if (found == lots_.end() || now >= found->second) return std::nullopt;
    return found->second;
  }

 private:
  std::map<std::string, wall_time, std::less<>> lots_;
};

}  // namespace epicenter::epic
