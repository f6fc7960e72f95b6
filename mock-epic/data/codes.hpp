// The clinical vocabulary of the synthetic hospital: a small table of real LOINC, SNOMED CT, ICD-10-CM and
// RxNorm codes.
#pragma once

#include <span>
#include <string_view>

namespace epicenter::mock::data {

inline constexpr std::string_view loinc = "http://loinc.org";
inline constexpr std::string_view snomed = "http://snomed.info/sct";
inline constexpr std::string_view icd10 = "http://hl7.org/fhir/sid/icd-10-cm";
inline constexpr std::string_view rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm";
inline constexpr std::string_view ucum = "http://unitsofmeasure.org";

struct coded {
  std::string_view system;
  std::string_view code;
  std::string_view display;
};

/// A laboratory analyte with what is plausible for it. Values are in units of 10^-decimals.
struct lab_test {
  std::string_view loinc;
  std::string_view display;
  std::string_view text;  ///< what clinicians call it
  std::string_view unit;  ///< UCUM
  int decimals;
  int low, high;    ///< reference range
  int least, most;  ///< what is drawn
};

struct problem {
  std::string_view snomed;
  std::string_view display;
  std::string_view icd10;
};

struct medication {
  std::string_view rxnorm;
  std::string_view display;
  std::string_view sig;
};

std::span<const lab_test> lab_tests();
std::span<const problem> problems();
std::span<const medication> medications();
std::span<const coded> allergens();
std::span<const coded> reactions();
std::span<const std::string_view> family_names();
std::span<const std::string_view> given_names(bool female);
std::span<const std::string_view> cities();

}  // namespace epicenter::mock::data
