#include "mock-epic/fhir/metadata.hpp"

#include <array>
#include <epicenter/json/write.hpp>

#include "mock-epic/data/civil.hpp"
#include "mock-epic/fhir/epic_capabilities.hpp"
#include "mock-epic/fhir/search_param.hpp"
#include "mock-epic/fhir/types.hpp"

namespace epicenter::mock::fhir {
namespace {

json::array strings(std::initializer_list<std::string_view> texts) {
  json::array list;
  for (const std::string_view text : texts) list.emplace_back(text);
  return list;
}

bool offers_create(const type_rules& rules, bool orders) {
  return rules.create == creation::yes || (rules.create == creation::orders && orders);
}

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

struct operation {
  std::string_view name, definition;
};
constexpr auto system_operations = std::to_array<operation>({
    {"export", "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export"},
});
constexpr auto group_operations = std::to_array<operation>({
    {"group-export", "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/group-export"},
});
constexpr auto patient_operations = std::to_array<operation>({
    {"match", "http://hl7.org/fhir/OperationDefinition/Patient-match"},
    {"summary", "http://hl7.org/fhir/uv/ips/OperationDefinition/summary"},
    {"everything", "http://hl7.org/fhir/OperationDefinition/Patient-everything"},
    {"patient-export", "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export"},
});

void write_operations(std::string& out, std::span<const operation> all) {
  out += R"(,"operation":[)";
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i > 0) out += ',';
    out += R"({"name":")";
    out += all[i].name;
    out += R"(","definition":")";
    out += all[i].definition;
    out += R"("})";
  }
  out += ']';
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
  if (type == type_id::group) write_operations(out, group_operations);
  if (type == type_id::patient) write_operations(out, patient_operations);
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
  write_operations(out, system_operations);
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

std::string write_smart_configuration(std::string_view token_url) {
  json::object made;
  made.set("token_endpoint", token_url);
  made.set("token_endpoint_auth_methods_supported", strings({"private_key_jwt"}));
  made.set("token_endpoint_auth_signing_alg_values_supported",
           strings({"RS256", "RS384", "RS512", "ES256", "ES384"}));
  made.set("grant_types_supported", strings({"client_credentials"}));
  made.set("capabilities", strings({"client-confidential-asymmetric", "permission-v2"}));
  return json::write(made);
}

std::string granted_scope(bool orders) {
  std::string scope;
  for (const type_rules& rules : all_types()) {
    if (!orders && !rules.epic.any()) continue;
    if (!scope.empty()) scope += ' ';
    scope += "system/" + std::string(rules.name()) + (offers_create(rules, orders) ? ".crs" : ".rs");
  }
  return scope;
}

}  // namespace epicenter::mock::fhir
