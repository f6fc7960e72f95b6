// Who a patient is: drawn without writing the chart.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "mock-epic/data/id_codec.hpp"

namespace epicenter::mock::data {

/// What a patient is searched by.
struct demographics {
  std::string family;
  std::string given;   ///< the first
  std::string middle;  ///< further given names, or empty
  std::string gender;  ///< FHIR code
  std::string birth_date;
  std::string home_phone;
  std::string mobile_phone;
  std::string email;
  std::string line;
  std::string city;
  std::string state;
  std::string postal_code;
  std::string mrn;  ///< as Epic's own system has it ("E10001")
};

/// A generated patient, with what demographics do not tell.
struct person {
  std::string id;
  std::uint32_t index = 0;
  demographics who;
  std::chrono::sys_days born{};
  bool female = false;
  std::string district;
  std::size_t race = 0;
  std::size_t language = 0;  ///< a second language besides English; 0: none
  std::string_view marital;
  // Numbers as Epic issues them.
  std::string ceid;
  std::string external;  ///< "Z6127"
  std::string epi;
  std::string dstu2_id;
  std::string login;
  std::string wpr;

  int age_on(std::chrono::sys_days) const;
  std::string display() const;  ///< "Lin, Derrick"
};

/// Everything that a person's numbers are made from.
struct person_source {
  std::uint64_t seed = 0;
  std::chrono::sys_days today{};
  const id_codec* ids = nullptr;
  std::uint32_t patients = 0;
};

/// The same for the same source and index.
person draw_person(const person_source&, std::uint32_t index);
demographics draw_demographics(const person_source&, std::uint32_t index);

// Identifiers are numbers that lead back to the chart: see hospital::holders_of. Generated numbers begin
// beyond those of the sandbox.
inline constexpr std::uint64_t first_mrn = 10'001;       ///< "E10001"
inline constexpr std::uint64_t first_external = 20'001;  ///< "Z20001"
inline constexpr std::uint64_t first_epi = 30'000'001;
inline constexpr std::uint64_t first_login = 1'001;  ///< digits at the end
inline constexpr std::uint64_t first_wpr = 70'000'001;

/// "FHR" and twelve letters or digits that lead back to the index.
std::string ceid_of(std::uint64_t seed, std::uint32_t index);
/// The index that a CEID was made of. Any text that looks like one gives some index: compare.
std::uint32_t index_of_ceid(std::uint64_t seed, std::string_view ceid);

}  // namespace epicenter::mock::data
