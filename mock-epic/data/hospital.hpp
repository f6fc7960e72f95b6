// A synthetic hospital from a seed: the same seed and day give the same patients, to the character.
#pragma once

#include <cstdint>
#include <epicenter/base/time.hpp>
#include <epicenter/json/value.hpp>
#include <string>
#include <vector>

#include "mock-epic/fhir/types.hpp"

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
  fhir::type_id type;
  std::string id;
  json::object resource;
};

/// Each patient has a random stream of its own, so that charts may be written in any order, or never.
class hospital {
 public:
  explicit hospital(hospital_options);

  std::size_t size() const { return keys_.size(); }
  const patient_key& key(std::size_t index) const { return keys_[index]; }
  /// The whole chart: Patient, Encounter, allergies, problems, active medications, and results (newest
  /// first).
  std::vector<generated> chart(std::size_t index) const;

 private:
  hospital_options options_;
  std::vector<patient_key> keys_;
};

/// Epic's identifier systems (its sandbox's numbers).
inline constexpr std::string_view mrn_system = "urn:oid:1.2.840.114350.1.13.0.1.7.5.737384.0";
inline constexpr std::string_view csn_system = "urn:oid:1.2.840.114350.1.13.0.1.7.3.698084.8";
inline constexpr std::string_view order_system = "urn:oid:1.2.840.114350.1.13.0.1.7.2.798268";

}  // namespace epicenter::mock::data
