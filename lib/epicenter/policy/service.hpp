// Feature flags: asked on every call, changed by operators, audited before a change takes effect.
//
//   auto flags = policy::service::open({.path = "/var/lib/app/features.json", .observer = audit});
//   if (!flags->is_enabled(policy::epic_fhir_write, user)) …
//   flags->apply({{"epic_fhir_write", policy::set_enabled{false}}}, {"admin_7", "Epic is down", now});
#pragma once

#include <atomic>
#include <epicenter/base/time.hpp>
#include <epicenter/policy/flag_table.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <span>

namespace epicenter::policy {

/// Who changes flags, why and when.
struct change_origin {
  std::string actor;   ///< must be given
  std::string reason;  ///< may be empty
  wall_time at{};
};

struct policy_change {
  std::string flag;
  aspect_change what;  ///< before and after
  change_origin origin;
};

/// Writes the changes of one batch to the audit log. An error: none of them takes place. Called before they
/// do, and once more with each reversed if the file then cannot be replaced. Must not change flags itself.
using change_observer = std::function<result<>(std::span<const policy_change>)>;

struct update {
  std::string flag;
  setting what;
};

struct service_options {
  std::string path;          ///< of the settings' file, 0600; empty: they end with the process
  change_observer observer;  ///< must be given
  std::vector<flag_definition> additional;
};

/// All members may be used from every thread.
class service {
 public:
  /// Reads the file if there is one. errc::unreadable, errc::unknown_flag: nothing starts with settings that
  /// are half understood.
  static result<std::unique_ptr<service>> open(service_options);
  service(const service&) = delete;
  service& operator=(const service&) = delete;

  /// The flag for the user, as of the last change: see flag_state for the precedence. A call without a user
  /// (empty) is on only where everybody is: it belongs to no share. Some nanoseconds, no allocation, no lock
  /// unless the flag has overrides.
  bool is_enabled(flag, std::string_view user) const;
  /// The user's arm of the flag's A/B test: by the stable hash, whether the flag is on or not; without a test
  /// «treatment» where the flag is on for the user, else «control».
  std::string variant_of(flag, std::string_view user) const;

  /// All of them or none, in their order: checked, staged on the disk, audited, put in place, then in effect
  /// for every call that begins afterwards. Returns what changed; nothing where all was so already.
  result<std::vector<policy_change>> apply(const std::vector<update>&, const change_origin&);

  const flag_table& flags() const { return table_; }
  /// Every flag at one moment, in the order of the table.
  std::vector<flag_state> snapshot() const;

 private:
  service(service_options, flag_table, std::vector<flag_state>);
  result<> save_audited(const std::vector<flag_state>&, const std::vector<policy_change>&);
  void publish(std::vector<flag_state>);

  std::string path_;
  change_observer observer_;
  flag_table table_;
  std::vector<std::uint64_t> seeds_;
  std::mutex changing_;  ///< one batch at a time, from check to effect

  mutable std::mutex guard_;  ///< of states_
  std::vector<flag_state> states_;
  /// A flag in one word, for the calls that need no more: bit 0 enabled, bit 1 has overrides, above them the
  /// rollout.
  std::vector<std::atomic<std::uint32_t>> words_;
};

}  // namespace epicenter::policy
