// The clinical vocabulary of the synthetic hospital: small tables of real LOINC, SNOMED CT, ICD-10-CM,
// RxNorm, CVX and CPT codes.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace epicenter::mock::data {

inline constexpr std::string_view loinc = "http://loinc.org";
inline constexpr std::string_view snomed = "http://snomed.info/sct";
inline constexpr std::string_view icd10 = "http://hl7.org/fhir/sid/icd-10-cm";
inline constexpr std::string_view icd9 = "http://hl7.org/fhir/sid/icd-9-cm";
inline constexpr std::string_view rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm";
inline constexpr std::string_view ucum = "http://unitsofmeasure.org";
inline constexpr std::string_view cvx = "http://hl7.org/fhir/sid/cvx";
inline constexpr std::string_view cpt = "http://www.ama-assn.org/go/cpt";

struct coded {
  std::string_view system;
  std::string_view code;
  std::string_view display;
};

/// What a problem does to laboratory values and vital signs.
enum class effect : std::uint8_t {
  none,
  pressure,
  glucose,
  kidney,
  lipids,
  thyroid,
  anemia,
  heart,
  clotting,
  weight,
  oxygen,
};

enum class panel_id : std::uint8_t { metabolic, blood_count, lipids, a1c, thyroid, clotting, heart };
inline constexpr std::size_t panel_count = 7;

/// A laboratory analyte with what is plausible for it. Values are in units of 10^-decimals.
struct lab_test {
  panel_id panel;
  std::string_view loinc;
  std::string_view display;
  std::string_view text;       ///< what clinicians call it
  std::string_view component;  ///< Epic's number of the result component
  std::string_view unit;       ///< UCUM
  int decimals;
  int low, high;    ///< reference range
  int least, most;  ///< beyond these no value is plausible
  effect moved_by;  ///< a problem of that effect moves it out of the range
  bool downwards;
};

/// An order of tests that are drawn together.
struct lab_panel {
  panel_id id;
  std::string_view loinc;
  std::string_view display;
  std::string_view text;
  std::string_view cpt;
  std::string_view procedure;  ///< Epic's number of the orderable
  std::string_view tube;       ///< SNOMED CT, specimen
  std::string_view tube_display;
};

enum class sex : std::uint8_t { any, female, male };

struct problem {
  std::string_view snomed;
  std::string_view display;
  std::string_view icd10;
  std::string_view icd10_display;
  std::string_view icd9;
  std::string_view text;  ///< what the problem list says
  int least_age, most_age;
  sex of;
  effect does;
  std::string_view plan;  ///< what a note says of it
};

/// A reason for one visit.
struct complaint {
  std::string_view snomed;
  std::string_view display;
  std::string_view icd10;
  std::string_view icd10_display;
  std::string_view text;
  std::string_view story;  ///< what a note says of it
  int least_age, most_age;
};

struct medication {
  std::string_view rxnorm;
  std::string_view display;
  std::string_view text;  ///< as Epic displays an orderable
  std::string_view verb;  ///< Take, Inhale, Apply
  int amount;
  std::string_view form;  ///< tablet
  std::string_view form_code;
  int dose;  ///< in thousandths of the unit
  std::string_view dose_unit;
  int daily;
  bool lasting;
  std::string_view treats;  ///< SNOMED CT of the problem; empty: given for a complaint
  int least_age;
};

struct allergen {
  coded code;
  std::string_view text;
  std::string_view category;  ///< FHIR code
};

struct vaccine {
  std::string_view cvx;
  std::string_view text;
  std::string_view maker;
  std::string_view site;
  int first_days;  ///< age at the first dose
  int every_days;  ///< 0: once
  int doses;
};

struct operation {
  std::string_view cpt;
  std::string_view snomed;
  std::string_view text;
  bool surgical;
  int least_age, most_age;
  sex of;
};

std::span<const lab_test> lab_tests();
std::span<const lab_panel> lab_panels();
std::span<const problem> problems();
std::span<const complaint> complaints();
std::span<const medication> medications();
std::span<const allergen> allergens();
std::span<const coded> reactions();
std::span<const vaccine> vaccines();
std::span<const operation> operations();

}  // namespace epicenter::mock::data
