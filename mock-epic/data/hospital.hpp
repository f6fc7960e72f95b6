// A synthetic hospital from a seed: the same seed and day give the same patients, to the character.
#pragma once

#include <cstdint>
#include <epicenter/base/time.hpp>
#include <epicenter/json/value.hpp>
#include <optional>
#include <string>
#include <vector>

#include "mock-epic/data/id_codec.hpp"
#include "mock-epic/fhir/type_id.hpp"

namespace epicenter::mock::data {

struct hospital_options {
  std::uint64_t seed = 1;
  std::uint32_t patients = 200;
  wall_time today{};  ///< results and encounters are dated back from here
};

struct patient_key {
  std::string patient;    ///< FHIR id
  std::string encounter;  ///< FHIR id of the open encounter
};

struct generated {
  fhir::type_id type{};
  std::string id;
  std::string patient;  ///< FHIR id of its subject; empty: of no patient
  json::object resource;
};

/// Each patient has a random stream of its own, so that charts may be written in any order, again, or never;
/// nothing is kept of a patient, so that any number fits into memory.
class hospital {
 public:
  explicit hospital(hospital_options);

  std::size_t size() const { return options_.patients; }
  wall_time today() const { return options_.today; }
  patient_key key(std::size_t number) const;
  /// The whole chart: Patient, Encounter, allergies, problems, active medications, and results (newest
  /// first).
  std::vector<generated> chart(std::size_t number) const;
  /// What belongs to no patient: organizations, locations, people.
  std::vector<generated> shared() const;

  /// The number of the patient of that id.
  std::optional<std::size_t> patient_index(std::string_view id) const;
  /// The number of the chart that would hold a resource of that id, whether or not it does.
  std::optional<std::size_t> owner_of(std::string_view id) const;
  /// Numbers of the charts that may hold an identifier of that value: few, and all that do.
  std::vector<std::size_t> holders_of(std::string_view identifier) const;

 private:
  hospital_options options_;
  id_codec ids_;
};

/// Epic's identifier systems (its sandbox's numbers).
inline constexpr std::string_view mrn_system = "urn:oid:1.2.840.114350.1.13.0.1.7.5.737384.0";
inline constexpr std::string_view csn_system = "urn:oid:1.2.840.114350.1.13.0.1.7.3.698084.8";
inline constexpr std::string_view order_system = "urn:oid:1.2.840.114350.1.13.0.1.7.2.798268";

}  // namespace epicenter::mock::data
