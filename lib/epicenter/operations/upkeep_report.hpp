// What the upkeep of the stores tells.
#pragma once

#include <array>
#include <cstdint>
#include <epicenter/base/time.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::operations {

/// In the order in which they run where several are due at once: nothing is removed before it was copied and
/// looked at.
enum class upkeep_job : std::uint8_t {
  ledger_back_up,
  audit_back_up,
  audit_verify,
  audit_purge,
  ledger_purge,
};
inline constexpr std::array all_upkeep_jobs{upkeep_job::ledger_back_up, upkeep_job::audit_back_up,
                                            upkeep_job::audit_verify, upkeep_job::audit_purge,
                                            upkeep_job::ledger_purge};
/// "ledger_back_up", …
std::string_view name_of(upkeep_job);

enum class upkeep_end : std::uint8_t {
  ok,
  failed,  ///< it is tried again
  alarm,   ///< the audit chain does not verify: a person must look
};
/// "ok", "failed", "alarm".
std::string_view name_of(upkeep_end);

/// One run of one job.
struct upkeep_ran {
  upkeep_job job = upkeep_job::ledger_back_up;
  upkeep_end end = upkeep_end::ok;
  /// What was done or found, in words and numbers of this library; of a failure the message of its error. No
  /// patient data.
  std::string detail;
  duration took{};
  std::uint32_t failures_in_a_row = 0;  ///< with this one
  duration next_in{};                   ///< until it runs again
};

struct upkeep_status {
  upkeep_job job = upkeep_job::ledger_back_up;
  /// Of a back-up also that of an earlier process; of a verification the last that found nothing.
  std::optional<wall_time> last_success;
  // Since the process began.
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::uint64_t alarms = 0;
  std::uint32_t failures_in_a_row = 0;
  std::string last_failure;  ///< empty where the last run succeeded
  bool running = false;
  bool overdue = false;  ///< no success for two periods and the jitter
};

struct upkeep_report {
  std::vector<upkeep_status> jobs;   ///< those that were asked for
  std::optional<bool> chain_intact;  ///< as of the last verification; nothing before the first
  std::string chain_flaw;            ///< where it is not: "edited at entry 17; 3 findings"
};

/// What a person must know of it, one sentence each; none where all is well.
std::vector<std::string> reasons_of(const upkeep_report&);

}  // namespace epicenter::operations
