// OperationOutcomes as Epic writes them.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace epicenter::mock::fhir {

/// One issue. The display that Epic gives a code is looked up.
struct issue {
  std::string_view severity;   ///< fatal, error, warning, information
  std::string_view code;       ///< OperationOutcome.issue.code
  std::string_view epic_code;  ///< in Epic's own code system; empty: no details
  std::string diagnostics;     ///< empty: left out
  std::string location;        ///< "id" is written as location /f:id and expression id; empty: left out
  std::string display{};       ///< of a code that Epic's table lacks; else empty
};

/// True where Epic's display of the code is known.
bool is_known_code(std::string_view epic_code);

/// The text of an OperationOutcome resource.
std::string write_outcome(std::span<const issue>);
std::string write_outcome(const issue&);

}  // namespace epicenter::mock::fhir
