#include <array>

#include "mock-epic/levers/break_the_glass.hpp"
#include "mock-epic/levers/business_rule.hpp"
#include "mock-epic/levers/clock_skew.hpp"
#include "mock-epic/levers/daily_cap.hpp"
#include "mock-epic/levers/duplicate_check.hpp"
#include "mock-epic/levers/duplicate_on_replay.hpp"
#include "mock-epic/levers/etag_conflict.hpp"
#include "mock-epic/levers/holding_tank.hpp"
#include "mock-epic/levers/jwks_stale.hpp"
#include "mock-epic/levers/key_rotation.hpp"
#include "mock-epic/levers/lever_type.hpp"
#include "mock-epic/levers/maintenance.hpp"
#include "mock-epic/levers/mutate.hpp"
#include "mock-epic/levers/page_expiry.hpp"
#include "mock-epic/levers/patient_merged.hpp"
#include "mock-epic/levers/reordered_results.hpp"
#include "mock-epic/levers/scope_loss.hpp"
#include "mock-epic/levers/suppressed.hpp"
#include "mock-epic/levers/token_expiry.hpp"
#include "mock-epic/levers/token_outage.hpp"
#include "mock-epic/levers/token_revoke.hpp"

namespace epicenter::mock {

std::span<const lever_type> lever_catalog() {
  static const std::array catalog{
      maintenance_lever,     token_outage_lever,        clock_skew_lever,        jwks_stale_lever,
      key_rotation_lever,    token_expiry_lever,        token_revoke_lever,      scope_loss_lever,
      break_the_glass_lever, patient_merged_lever,      daily_cap_lever,         business_rule_lever,
      etag_conflict_lever,   duplicate_on_replay_lever, duplicate_check_lever,   holding_tank_lever,
      page_expiry_lever,     suppressed_lever,          reordered_results_lever, mutate_lever,
  };
  return catalog;
}

}  // namespace epicenter::mock
