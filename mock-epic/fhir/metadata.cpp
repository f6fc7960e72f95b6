#include "mock-epic/fhir/metadata.hpp"

#include <array>
#include <epicenter/json/write.hpp>

#include "mock-epic/data/civil.hpp"
#include "mock-epic/fhir/epic_capabilities.hpp"
#include "mock-epic/fhir/operations/operation.hpp"
#include "mock-epic/fhir/search_param.hpp"
#include "mock-epic/fhir/types.hpp"

namespace epicenter::mock::fhir {
namespace {

/// As Epic's, member by member; the URLs are this server's.
void write_security(std::string& out, std::string_view token_url) {
  std::string authorize_url(token_url.substr(0, token_url.rfind('/')));
  authorize_url += "/authorize";
  out += R"("security":{"extension":[{"extension":[{"valueUri":)" + json::quote(authorize_url);
  out += R"(,"url":"authorize"},{"valueUri":)" + json::quote(token_url);
  out +=
      R"(,"url":"token"}],"url":"http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"}],)";
  out += R"("cors":true,"service":[)";
  bool first = true;
  for (const std::string_view service : {"OAuth", "SMART-on-FHIR", "Basic"}) {
    if (!first) out += ',';
    first = false;
    out +=
        R"({"coding":[{"system":"http://terminology.hl7.org/CodeSystem/restful-security-service","code":")";
    out += service;
    out += R"(","display":")";
    out += service;
    out += R"("}],"text":")";
    out += service;
    out += R"("})";
  }
  out += "]}";
}

/// Of a type, or of the system; nothing where there are none.
void write_operations(std::string& out, std::optional<type_id> of) {
  bool first = true;
  for (const operation_info& one : operations()) {
    if (one.type != of) continue;
    out += first ? R"(,"operation":[{"name":")" : R"(,{"name":")";
    first = false;
    out += one.listed;
    out += R"(","definition":")";
    out += one.definition;
    out += R"("})";
  }
  if (!first) out += ']';
}

void write_codes(std::string& out, std::initializer_list<std::string_view> codes) {
  out += R"("interaction":[)";
  bool first = true;
  for (const std::string_view code : codes) {
    if (!first) out += ',';
    first = false;
    out += R"({"code":")";
    out += code;
    out += R"("})";
  }
  out += ']';
}

void write_search_param(std::string& out, std::string_view name, std::string_view kind) {
  if (out.back() != '[') out += ',';
  out += R"({"name":")";
  out += name;
  out += R"(","type":")";
  out += kind;
  out += R"("})";
}

/// Profile orders serves every interaction for every type of R4.
void write_type(std::string& out, type_id type) {
  out += R"({"type":")";
  out += name_of(type);
  out += R"(",)";
  write_codes(out, {"create", "read", "vread", "update", "patch", "delete", "history-instance",
                    "history-type", "search-type"});
  out += R"(,"versioning":"versioned","readHistory":true,"updateCreate":true,"conditionalCreate":true,)"
         R"("conditionalRead":"full-support","conditionalUpdate":true,"conditionalDelete":"single",)"
         R"("searchInclude":["*"],"searchRevInclude":["*"],"searchParam":[)";
  write_search_param(out, "_id", "token");
  write_search_param(out, "_lastUpdated", "date");
  for (const search_param& param : params_of(type))
    if (param.path != "!") write_search_param(out, param.name, name_of(param.kind));
  out += ']';
  write_operations(out, type);
  out += '}';
}

void write_rest_of_orders(std::string& out) {
  out += R"("resource":[)";
  for (std::size_t i = 0; i < type_count; ++i) {
    if (i > 0) out += ',';
    write_type(out, static_cast<type_id>(i));
  }
  out += "],";
  write_codes(out, {"transaction", "batch", "search-system", "history-system"});
  out += R"(,"searchParam":[)";
  for (const std::string_view name : {"_profile", "_security", "_source", "_tag"})
    write_search_param(out, name, name_of(find_param(type_id::patient, name, true)->kind));
  out += ']';
  write_operations(out, std::nullopt);
}

void write_rest_of_epic(std::string& out) {
  out += R"("resource":[)";
  bool first = true;
  for (const epic_capability& one : epic_capabilities()) {
    if (!first) out += ',';
    first = false;
    out += one.text;
  }
  out += ']';
}

}  // namespace

std::string write_capability_statement(std::string_view base, std::string_view token_url, bool orders,
                                       wall_time now) {
  std::string out = R"({"resourceType":"CapabilityStatement","status":"active","experimental":true,"date":")";
  out += data::format_instant(now);
  out += R"(","copyright":"Copyright Epic 1979-2026","kind":"instance","instantiates":)"
         R"(["http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data",)"
         R"("http://hl7.org/fhir/us/core/CapabilityStatement/us-core-server|6.1.0"],)"
         R"("software":{"name":"Epic","version":"February 2026","releaseDate":"2026-02-09"},)"
         R"("implementation":{"description":)";
  out += orders ? R"("Mock of Epic's FHIR server, profile orders")" : R"("FHIR Sandbox FHIR Server")";
  out += R"(,"url":)" + json::quote(base);
  out += R"(},"fhirVersion":"4.0.1","format":["xml","json"],"rest":[{"mode":"server",)";
  write_security(out, token_url);
  out += ',';
  if (orders) {
    write_rest_of_orders(out);
  } else {
    write_rest_of_epic(out);
  }
  out += "}]}";
  return out;
}

}  // namespace epicenter::mock::fhir
