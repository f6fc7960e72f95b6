// What a site allows a client to do: scopes in the three spellings that Epic uses, and what is missing of
// what was wanted.
#pragma once

#include <cstdint>
#include <epicenter/smart/error.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::smart {

/// Bits, in the order of SMART's letters: create, read (versions and history of one instance included),
/// update (PATCH included), delete, search.
using interactions = std::uint8_t;
inline constexpr interactions can_create = 1;
inline constexpr interactions can_read = 2;
inline constexpr interactions can_update = 4;
inline constexpr interactions can_delete = 8;
inline constexpr interactions can_search = 16;
inline constexpr interactions can_everything = 31;

/// "rs", in the order of "cruds"; empty for none.
std::string letters_of(interactions);

/// Whose data; `any` for Epic's bare spelling, which does not say.
enum class scope_context : std::uint8_t { any, patient, user, system };
enum class scope_spelling : std::uint8_t { v2, v1, bare };

/// One scope on resources.
struct scope {
  scope_context context = scope_context::any;
  std::string resource;  ///< a type's name, or "*"
  interactions allowed = 0;
  scope_spelling spelling = scope_spelling::v2;
  std::vector<std::string> filters;  ///< "category=…", sorted: only what matches all of them

  friend bool operator==(const scope&, const scope&) = default;
};

/// Reads system/Condition.c?category=…, system/Observation.read, system/*.cruds, Patient.read.
/// v1 means: read = rs, write = cud, * = cruds (SMART App Launch 2.2, scopes). Bare words name one
/// interaction each, as Epic's APIs do: Patient.read is no search. Up to 1024 bytes. errc::bad_scope.
result<scope> parse_scope(std::string_view text);

/// In its own spelling. v1 and bare may take several words, separated by blanks.
std::string to_string(const scope&);
/// The v2 spelling of a scope of v1, and the v1 spelling of one of v2: for sites before August 2024, which
/// know v1 only. v1 is coarse: it allows what was asked for and perhaps more; filters are lost.
scope to_v2(scope);
scope to_v1(scope);

/// Something of what was wanted that was not granted.
struct shortfall {
  std::string wanted;               ///< the scope, as it was wanted
  std::string resource;             ///< its type
  interactions missing = 0;         ///< not granted at all
  interactions narrowed = 0;        ///< granted for a part of the data only
  std::vector<std::string> within;  ///< narrowed: the filters under which it is granted

  /// "Condition: create granted only for category=…; update not granted".
  std::string to_string() const;
  friend bool operator==(const shortfall&, const shortfall&) = default;
};

/// Compares. Granted scopes that are none on resources (openid, launch, …) are passed over. A wanted `*` is
/// covered by a granted `*` only. Wanted scopes must be well formed: errc::bad_scope.
result<std::vector<shortfall>> find_shortfalls(std::span<const std::string> wanted,
                                               std::span<const std::string> granted);

}  // namespace epicenter::smart
