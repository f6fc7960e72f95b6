// How one flag is set, and the ways to set it.
#pragma once

#include <epicenter/policy/bucket.hpp>
#include <epicenter/policy/error.hpp>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace epicenter::policy {

/// One arm of an A/B test.
struct variant {
  std::string name;
  int weight = 0;  ///< basis points of the users
  friend bool operator==(const variant&, const variant&) = default;
};

/// Precedence, first to last: the user's override; off for everybody; the rollout's share of the users.
struct flag_state {
  bool enabled = false;
  int rollout = whole;  ///< basis points of the users for whom the flag is on while it is enabled
  std::map<std::string, bool, std::less<>> overrides;  ///< by user
  std::vector<variant> variants;  ///< weights add up to `whole`; empty: «treatment» where on, else «control»
  friend bool operator==(const flag_state&, const flag_state&) = default;
};

/// On or off for everybody. Off also drops every override that says on: whoever shuts a feature down means
/// all users, and an exception is granted afresh afterwards. Overrides that say off stay.
struct set_enabled {
  bool enabled = false;
};
/// 0 to 10000 basis points. Users in a smaller share are in every larger one too.
struct set_rollout {
  int basis_points = whole;
};
/// Nothing: the override is taken back.
struct set_override {
  std::string user;
  std::optional<bool> enabled;
};
/// An empty list takes the test back.
struct set_variants {
  std::vector<variant> variants;
};
using setting = std::variant<set_enabled, set_rollout, set_override, set_variants>;

/// A single aspect before and after, as the audit log shows it.
struct aspect_change {
  std::string aspect;  ///< "enabled", "rollout", "override", "variants"
  std::string user;    ///< of an override
  std::string before;  ///< "on", "off", "unset", "30%", "control 50%, treatment 50%"
  std::string after;
};

inline constexpr std::size_t max_overrides = 10'000;  ///< a flag
inline constexpr std::size_t max_variants = 16;
inline constexpr std::size_t max_user_bytes = 256;

/// Changes the state and tells what differs from before; nothing where it was so already.
/// errc::invalid_value, with the state unchanged.
result<std::vector<aspect_change>> apply(const setting&, flag_state&);
/// Whether the state keeps the rules above: for those that come from a file.
result<> check(const flag_state&);
/// 1 to 256 bytes of UTF-8 without control characters.
bool is_user(std::string_view);

}  // namespace epicenter::policy
