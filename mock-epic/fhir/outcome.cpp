#include "mock-epic/fhir/outcome.hpp"

#include <array>
#include <epicenter/base/check.hpp>
#include <epicenter/json/write.hpp>

namespace epicenter::mock::fhir {
namespace {

struct known_code {
  std::string_view code;
  std::string_view display;
};

// 4101, 59008, 59100, 59159, 59204 and 59205 are verbatim from captures; the others after the meaning in
// Epic's table of errors.
constexpr auto known_codes = std::to_array<known_code>({
    {"4100", "The resource request contained an invalid parameter."},
    {"4101", "Resource request returns no results."},
    {"4103", "The resource has been deleted."},
    {"4112", "The resource request contained an invalid combination of parameters."},
    {"4113", "Session ID for cached search results has expired."},
    {"4115", "Required search parameter has an invalid value."},
    {"4118", "User not authorized for request."},
    {"4119", "Additional data may be present."},
    {"4127", "More than 100 results found for Patient.Search."},
    {"59008", "The FHIR ID provided was not found."},
    {"59012", "The value is not supported."},
    {"59100", "Content invalid against the specification or a profile."},
    {"59105",
     "A structural issue in the content such as wrong namespace, or unable to parse the content completely."},
    {"59108", "A required element is missing."},
    {"59109", "An element or header value is invalid."},
    {"59111", "An element or header value is invalid."},
    {"59133", "The number of elements is not allowed."},
    {"59141", "The operation would create a duplicate of a resource that is on file."},
    {"59144", "A reference provided was not found."},
    {"59159", "The content/operation failed to pass a business rule, and so could not proceed."},
    {"59187", "No flowsheet for patient-entered data was found."},
    {"59188", "No single vital-signs row was found for the codes."},
    {"59189", "Failed to file the reading."},
    {"59204",
     "The authenticated client's search request applies to a sub-resource that the client is not authorized "
     "for. "
     "Results of this sub-type will not be returned."},
    {"59205",
     "The authenticated user's search request applies to a sub-resource that the user is not authorized to "
     "view. "
     "Results of this sub-type will not be returned."},
});

std::string_view display_of(std::string_view code) {
  for (const known_code& known : known_codes)
    if (known.code == code) return known.display;
  throw_check_failed("known code", "the table of Epic's codes lacks one that the mock uses");
}

void write_details(std::string& out, std::string_view epic_code) {
  const std::string display = json::quote(display_of(epic_code));
  out += R"(,"details":{"coding":[{"system":"urn:oid:1.2.840.114350.1.13.0.1.7.2.657369","code":")";
  out += epic_code;
  out += R"(","display":)";
  out += display;
  out += R"(}],"text":)";
  out += display;
  out += '}';
}

void write_issue(std::string& out, const issue& i) {
  out += R"({"severity":")";
  out += i.severity;
  out += R"(","code":")";
  out += i.code;
  out += '"';
  if (!i.epic_code.empty()) write_details(out, i.epic_code);
  if (!i.diagnostics.empty()) {
    out += R"(,"diagnostics":)";
    out += json::quote(i.diagnostics);
  }
  if (!i.location.empty()) {
    out += R"(,"location":[)";
    out += json::quote("/f:" + i.location);
    out += R"(],"expression":[)";
    out += json::quote(i.location);
    out += ']';
  }
  out += '}';
}

}  // namespace

std::string write_outcome(std::span<const issue> issues) {
  std::string out = R"({"resourceType":"OperationOutcome","issue":[)";
  for (std::size_t i = 0; i < issues.size(); ++i) {
    if (i > 0) out += ',';
    write_issue(out, issues[i]);
  }
  out += "]}";
  return out;
}

std::string write_outcome(const issue& only) {
  return write_outcome(std::span<const issue>(&only, 1));
}

}  // namespace epicenter::mock::fhir
