#include <algorithm>
#include <epicenter/epic/site_profile.hpp>
#include <epicenter/fhir/reference.hpp>

namespace epicenter::epic {
namespace {

constexpr std::string_view no_orders =
    "Epic declares the create of ServiceRequest and refuses it (403): orders go by CDS Hooks or HL7 v2 here";
constexpr std::string_view no_prescriptions =
    "Epic has no create of MedicationRequest (405): prescriptions go by CDS Hooks or HL7 v2 here";

void refuse(site_profile& site, operation_kind which, std::string_view reason) {
  site.of(which) = site_profile::permission{false, std::string(reason)};
}

bool is_order(operation_kind which) {
  return which == operation_kind::order_lab || which == operation_kind::order_imaging ||
         which == operation_kind::order_medication;
}

const json::array* array_at(const json::value& in, std::string_view path) {
  const json::value* const found = in.at_path(path);
  return found == nullptr ? nullptr : found->if_array();
}

/// What one type declares.
struct declared {
  bool read = false;
  bool search = false;
  bool create = false;
  bool versions = false;
};

declared declared_by(const json::value& resource) {
  declared can;
  const std::string_view versioning = resource.string_at("versioning");
  can.versions = versioning == "versioned" || versioning == "versioned-update";
  const json::array* const interactions = array_at(resource, "interaction");
  if (interactions == nullptr) return can;
  for (const auto& one : *interactions) {
    const std::string_view code = one.string_at("code");
    can.read = can.read || code == "read";
    can.search = can.search || code == "search-type";
    can.create = can.create || code == "create";
  }
  return can;
}

declared find_declared(const json::array& resources, std::string_view type) {
  const auto of_type = [type](const json::value& one) { return one.string_at("type") == type; };
  const auto found = std::find_if(resources.begin(), resources.end(), of_type);
  return found == resources.end() ? declared{} : declared_by(*found);
}

void take_declaration(site_profile& site, operation_kind which, const declared& can) {
  const std::string type(resource_type_of(which));
  if (is_write(which)) {
    if (!can.create) refuse(site, which, "the site declares no create of " + type);
  } else if (which == operation_kind::patient_context) {
    if (!can.read) refuse(site, which, "the site declares no read of " + type);
  } else if (!can.search) {
    refuse(site, which, "the site declares no search of " + type);
  }
}

}  // namespace

site_profile site_profile::epic() {
  site_profile site;
  refuse(site, operation_kind::order_lab, no_orders);
  refuse(site, operation_kind::order_imaging, no_orders);
  refuse(site, operation_kind::order_medication, no_prescriptions);
  site.holding_tank = {"AllergyIntolerance", "Condition"};
  site.readable = {"AllergyIntolerance", "Condition", "DocumentReference", "Observation"};
  return site;
}

site_profile site_profile::orders() {
  site_profile site;
  site.identifiers_searchable = {"AllergyIntolerance", "Condition",   "DocumentReference",
                                 "MedicationRequest",  "Observation", "ServiceRequest"};
  site.readable = site.identifiers_searchable;
  return site;
}

result<site_profile> profile_from(const json::value& statement, site_profile known) {
  const json::array* const resources = array_at(statement, "rest.0.resource");
  const bool server = statement.string_at("rest.0.mode", "server") == "server";
  if (statement.string_at("resourceType") != "CapabilityStatement" || resources == nullptr || !server) {
    return fail(errc::protocol, "/metadata is no CapabilityStatement of a server");
  }
  for (std::size_t i = 0; i < operation_count; ++i) {
    const auto which = operation_at(i);
    // What was known of orders stays: a declaration says nothing of them.
    if (!is_order(which)) known.of(which) = site_profile::permission{};
    if (known.of(which).allowed)
      take_declaration(known, which, find_declared(*resources, resource_type_of(which)));
  }
  for (const std::string_view part : {"AllergyIntolerance", "Condition", "MedicationRequest"}) {
    const bool searched = find_declared(*resources, part).search;
    auto& context = known.of(operation_kind::patient_context);
    if (!searched && context.allowed) {
      context = {false, "the site declares no search of " + std::string(part)};
    }
  }
  known.versions = false;
  known.readable.clear();
  for (const auto& one : *resources) {
    const declared can = declared_by(one);
    known.versions = known.versions || can.versions;
    if (can.create && can.read && fhir::is_resource_type(one.string_at("type"))) {
      known.readable.emplace(one.string_at("type"));
    }
  }
  return known;
}

}  // namespace epicenter::epic
