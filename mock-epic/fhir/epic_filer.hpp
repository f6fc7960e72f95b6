// What Epic makes of what it is sent: profile strict.
#pragma once

#include <epicenter/runtime/random.hpp>
#include <map>
#include <string>
#include <vector>

#include "mock-epic/fhir/store.hpp"
#include "mock-epic/fhir/types.hpp"

namespace epicenter::mock::fhir {

/// Rewrites a resource as Epic files it. Held against captured write probes of Condition, Observation,
/// DocumentReference and Patient (The Map, (c) 2026 Mock Health, Inc., CC BY 4.0): what a read gives
/// afterwards has the elements that Epic's has. Other types lose what types.cpp says, and their subject gets
/// its name.
class epic_filer {
 public:
  explicit epic_filer(store& s) : store_(s) {}

  /// `content` has its id. A note's text is filed as two Binary resources, as Epic renders it.
  json::object file(const type_rules&, json::object content, runtime::random_stream& ids, wall_time now);
  /// Epic's match or create: the patient of that social security number and birth date, or null.
  resource_ptr matching_patient(const json::value& body);

 private:
  json::value subject_of(const json::object& content, std::string_view key);
  json::value encounter_of(std::string_view reference);
  json::object file_problem(json::object);
  json::object file_allergy(json::object);
  json::object file_vital(json::object, wall_time now);
  json::object file_note(json::object, runtime::random_stream& ids, wall_time now);
  json::object file_patient(json::object, runtime::random_stream& ids, wall_time now);
  std::string file_binary(std::string_view patient, std::string_view media, std::string_view text,
                          bool long_id, runtime::random_stream& ids, wall_time now);

  store& store_;
  /// Ids of patients by the number that the client gave: Epic does not show it again.
  std::map<std::string, std::vector<std::string>, std::less<>> by_security_number_;
};

/// Empty where the patient has none.
std::string_view social_security_number(const json::value& patient);
/// Whether Epic has a vital-signs row for the LOINC code.
bool is_vital_sign(std::string_view loinc);

}  // namespace epicenter::mock::fhir
