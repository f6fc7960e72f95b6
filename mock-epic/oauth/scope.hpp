// One scope of SMART, in the three spellings that Epic's token endpoint has been seen to use.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::mock::oauth {

/// Whose data a scope reaches (SMART App Launch 2, scopes and launch context).
enum class scope_context : std::uint8_t { patient, user, system };

/// What a scope lets a client do, one bit each. Versions and history of an instance are read; PATCH is an
/// update.
enum class interaction : std::uint8_t { create = 1, read = 2, update = 4, remove = 8, search = 16 };
using interactions = std::uint8_t;  ///< bits of interaction
inline constexpr interactions all_interactions = 31;
constexpr interactions bit(interaction one) {
  return static_cast<interactions>(one);
}

/// v2: system/Condition.rs; v1: system/Condition.read, .write, .*; bare: Condition.read, Condition.search.
enum class scope_spelling : std::uint8_t { v2, v1, bare };

/// `?category=` of a granular scope: system|code, |code (of no system) or code (of any).
struct category_filter {
  std::optional<std::string> system;  ///< nothing: any
  std::string code;
  friend bool operator==(const category_filter&, const category_filter&) = default;
};

/// A scope on resources. v1 .read is .rs, .write is .cud, .* is .cruds.
struct resource_scope {
  scope_context context = scope_context::system;
  std::string type;  ///< "*": every type
  interactions allowed = 0;
  scope_spelling spelling = scope_spelling::v2;
  std::optional<category_filter> category;
  friend bool operator==(const resource_scope&, const resource_scope&) = default;
};

inline constexpr std::size_t max_scope_bytes = 512;
/// Nothing where the text is no scope on resources: another context, letters out of the order of "cruds", a
/// filter by anything but category (Epic has no other).
std::optional<resource_scope> parse_resource_scope(std::string_view text);
/// As parsed; in v2 where the spelling asked for cannot say it.
std::string write_scope(const resource_scope&);

/// launch, launch/patient, openid, fhirUser, profile, offline_access, online_access: what is asked for beside
/// resources.
bool is_launch_scope(std::string_view text);

/// The scopes of one request or grant, in their order.
struct scope_list {
  std::vector<resource_scope> resources;
  std::vector<std::string> launch;  ///< those of is_launch_scope
  std::size_t unknown = 0;          ///< how many were dropped

  bool empty() const { return resources.empty() && launch.empty(); }
  bool asks_for(std::string_view launch_scope) const;
};

inline constexpr std::size_t max_scopes = 1000;
/// Reads what stands between spaces; beyond max_scopes everything is unknown.
scope_list parse_scopes(std::string_view text);
/// Space-separated, each scope in its own spelling.
std::string write_scopes(const scope_list&);
/// In one spelling. v1 and bare have no categories and say no less than read or write: of what v2 tells apart
/// they name the next larger.
std::string write_scopes(const scope_list&, scope_spelling);

}  // namespace epicenter::mock::oauth
