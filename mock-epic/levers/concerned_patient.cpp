#include "mock-epic/levers/concerned_patient.hpp"

#include <epicenter/http/url.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/runtime/random.hpp>

#include "mock-epic/fhir/criterion.hpp"
#include "mock-epic/fhir/types.hpp"
#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock {
namespace {

std::string patient_searched_for(const fhir::call& c, fhir::store& store) {
  const bool post = c.request.method == "POST";
  auto given = http::decode_form(c.request.query());
  const auto form = http::decode_form(post ? std::string_view(c.request.body) : std::string_view());
  if (!given || !form) return {};
  given->insert(given->end(), form->begin(), form->end());
  const bool of_patients = c.asked.type == fhir::type_id::patient;
  for (const auto& [name, value] : *given) {
    if (name == "patient" || name == "subject") return std::string(fhir::id_of_reference(value));
    if (name != "_id") continue;
    if (of_patients) return value;
    const fhir::resource_ptr found = c.asked.type ? store.find(*c.asked.type, value) : nullptr;
    if (found) return found->patient();
  }
  return {};
}

std::string patient_written_about(const fhir::call& c) {
  const auto body = json::parse(c.request.body);
  if (!body) return {};
  for (const std::string_view path : {"subject.reference", "patient.reference"}) {
    const std::string_view found = fhir::first_string(*body, path);
    if (!found.empty()) return std::string(fhir::id_of_reference(found));
  }
  return {};
}

}  // namespace

std::string concerned_patient(const fhir::call& c, fhir::store& store) {
  if (c.asked.compartment == fhir::type_id::patient) return c.asked.compartment_id;
  if (!c.asked.type) return {};
  if (c.asked.what == fhir::interaction::search) return patient_searched_for(c, store);
  const bool writes = c.asked.what == fhir::interaction::create || c.asked.what == fhir::interaction::update;
  if (writes && c.asked.type != fhir::type_id::patient)
    if (std::string about = patient_written_about(c); !about.empty()) return about;
  if (c.asked.what == fhir::interaction::create) return {};
  if (c.asked.type == fhir::type_id::patient) return c.asked.id;
  if (c.asked.id.empty()) return {};
  const fhir::resource_ptr found = store.find(*c.asked.type, c.asked.id);
  return found ? found->patient() : std::string();
}

bool is_among(std::string_view id, std::int64_t share_ppm, std::uint64_t seed) {
  runtime::random_stream draw(runtime::derive_seed(seed, id));
  return draw.chance_ppm(share_ppm);
}

}  // namespace epicenter::mock
