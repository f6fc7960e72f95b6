// What one site of Epic can do, so that what it cannot do is refused before anything is sent.
#pragma once

#include <array>
#include <epicenter/epic/error.hpp>
#include <epicenter/epic/operation.hpp>
#include <epicenter/epic/site_zone.hpp>
#include <epicenter/json/value.hpp>
#include <set>
#include <string>
#include <string_view>

namespace epicenter::epic {

/// Sites differ in what they licence, map and declare, and what Epic declares is not what it does: a create
/// of ServiceRequest is in /metadata and answered with 403 (reference: epic, section 2.6). So orders are
/// refused until somebody who knows the site allows them.
struct site_profile {
  struct permission {
    bool allowed = true;
    std::string reason;  ///< why not; shown to the caller
  };
  std::array<permission, operation_count> operations;
  /// Types whose creates keep the identifier that was sent, and whose searches find by it. Only for these
  /// does a complete search without a hit prove anything.
  std::set<std::string, std::less<>> identifiers_searchable;
  /// Types whose creates no search finds before a clinician has reconciled them.
  std::set<std::string, std::less<>> holding_tank;
  /// Types that can be read by id after they were filed.
  std::set<std::string, std::less<>> readable;
  bool versions = false;  ///< resources have meta.versionId, so that If-Match means something
  site_zone zone;         ///< of times without one, of the day that daily limits count

  const permission& of(operation_kind which) const { return operations.at(static_cast<std::size_t>(which)); }
  permission& of(operation_kind which) { return operations.at(static_cast<std::size_t>(which)); }

  /// Epic as its public R4 interface is: no orders, identifiers not searchable, no versions.
  static site_profile epic();
  /// A site that takes orders and finds by identifier.
  static site_profile orders();
};

/// What a CapabilityStatement (GET /metadata) says, taken for no more than it is: an operation is allowed
/// where its type declares the interaction; orders stay as they are in `known`. errc::protocol where it is no
/// CapabilityStatement of a server.
result<site_profile> profile_from(const json::value& capability_statement, site_profile known);

/// Applies configuration, which knows better than /metadata:
///   {"profile": "epic" | "orders",
///    "operations": {"order_lab": true, "file_note": "notes are filed by another system"},
///    "identifiers_searchable": ["ServiceRequest"], "holding_tank": [], "readable": ["Observation"],
///    "versions": false, "time_zone": "CST6CDT,M3.2.0,M11.1.0"}
/// An operation is allowed (true), refused (false), or refused with that reason; a list replaces the one that
/// was known. errc::invalid_argument names the key.
result<site_profile> override_profile(site_profile known, const json::value& configuration);

}  // namespace epicenter::epic
