// OperationOutcome: what a server says went wrong, reduced to what may be decided on.
#pragma once

#include <epicenter/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::fhir {

enum class severity { information, warning, error, fatal };
std::string_view to_string(severity);

/// One issue without its texts: they may hold patient data and change between versions.
struct issue {
  fhir::severity severity = severity::error;
  std::string code;  ///< FHIR's IssueType; empty where it is no code ([a-z-], at most 32)
  std::string
      epic_code;  ///< digits of the coding whose system ends in .7.2.657369 (the OID's rest differs by site)
  friend bool operator==(const issue&, const issue&) = default;
};

struct operation_outcome {
  std::vector<issue> issues;

  /// The worst severity; nothing without issues.
  std::optional<severity> worst() const;
  /// The first issue of the worst severity that has an Epic code, else the first of the worst; nullptr
  /// without issues.
  const issue* decisive() const;
  /// Whether an issue at or above the severity has that code.
  bool has_code(std::string_view code, severity at_least) const;
  bool has_epic_code(std::string_view code, severity at_least = severity::information) const;
  /// Takes in the issues of another one. At most 1000 are kept.
  void add(std::optional<operation_outcome> other);
  /// "fatal not-found 59008", for logs and errors.
  std::string summary() const;
  friend bool operator==(const operation_outcome&, const operation_outcome&) = default;
};

/// Nothing where the value is no OperationOutcome. At most 100 issues are read.
std::optional<operation_outcome> parse_operation_outcome(const json::value&);

}  // namespace epicenter::fhir
