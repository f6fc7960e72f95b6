#include "mock-epic/fhir/metadata.hpp"

#include <epicenter/json/write.hpp>

#include "mock-epic/data/civil.hpp"
#include "mock-epic/fhir/types.hpp"

namespace epicenter::mock::fhir {
namespace {

json::array strings(std::initializer_list<std::string_view> texts) {
  json::array list;
  for (const std::string_view text : texts) list.emplace_back(text);
  return list;
}

template <class... V>
json::array list_of(V... values) {
  json::array list;
  (list.emplace_back(std::move(values)), ...);
  return list;
}

std::string_view name_of(param_kind kind) {
  switch (kind) {
    case param_kind::token:
      return "token";
    case param_kind::reference:
      return "reference";
    case param_kind::text:
      return "string";
    case param_kind::date:
      return "date";
  }
  return "special";
}

json::object interaction(std::string_view code) {
  json::object made;
  made.set("code", code);
  return made;
}

json::object search_param_of(std::string_view name, std::string_view type) {
  json::object made;
  made.set("name", name);
  made.set("type", type);
  return made;
}

bool offers_create(const type_rules& rules, bool orders) {
  return rules.create == creation::yes || (rules.create == creation::orders && orders);
}

json::object write_type(const type_rules& rules, bool orders) {
  json::object made;
  made.set("type", rules.name());
  json::array interactions;
  if (offers_create(rules, orders)) interactions.emplace_back(interaction("create"));
  interactions.emplace_back(interaction("read"));
  interactions.emplace_back(interaction("search-type"));
  made.set("interaction", std::move(interactions));
  made.set("versioning", "no-version");
  made.set("readHistory", false);
  made.set("updateCreate", false);
  made.set("conditionalCreate", false);
  made.set("conditionalUpdate", false);
  json::array params;
  for (const search_param& param : rules.params)
    params.emplace_back(search_param_of(param.name, name_of(param.kind)));
  params.emplace_back(search_param_of("_count", "number"));
  params.emplace_back(search_param_of("_id", "token"));
  made.set("searchParam", std::move(params));
  return made;
}

json::object write_security(std::string_view token_url) {
  json::object token;
  token.set("url", "token");
  token.set("valueUri", token_url);
  json::object uris;
  uris.set("extension", list_of(std::move(token)));
  uris.set("url", "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris");
  json::object coding;
  coding.set("system", "http://terminology.hl7.org/CodeSystem/restful-security-service");
  coding.set("code", "SMART-on-FHIR");
  json::object service;
  service.set("coding", list_of(std::move(coding)));
  json::object security;
  security.set("extension", list_of(std::move(uris)));
  security.set("cors", false);
  security.set("service", list_of(std::move(service)));
  return security;
}

}  // namespace

std::string write_capability_statement(std::string_view base, std::string_view token_url, bool orders,
                                       wall_time now) {
  json::object made;
  made.set("resourceType", "CapabilityStatement");
  made.set("status", "active");
  made.set("experimental", true);
  made.set("date", data::format_instant(now));
  made.set("kind", "instance");
  json::object software;
  software.set("name", "Epicenter mock Epic");
  made.set("software", std::move(software));
  json::object implementation;
  implementation.set("description", orders ? "Mock of Epic's FHIR server, profile orders"
                                           : "Mock of Epic's FHIR server, profile strict");
  implementation.set("url", base);
  made.set("implementation", std::move(implementation));
  made.set("fhirVersion", "4.0.1");
  made.set("format", strings({"xml", "json"}));
  json::object rest;
  rest.set("mode", "server");
  rest.set("security", write_security(token_url));
  json::array resources;
  for (const type_rules& rules : all_types())
    if (orders || rules.epic.any()) resources.emplace_back(write_type(rules, orders));
  rest.set("resource", std::move(resources));
  made.set("rest", list_of(std::move(rest)));
  return json::write(made);
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
