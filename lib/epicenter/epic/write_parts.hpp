// What the resources of the writes are put together from, and the checks of their input.
#pragma once

#include <epicenter/epic/error.hpp>
#include <epicenter/epic/write_types.hpp>
#include <epicenter/json/value.hpp>
#include <initializer_list>

namespace epicenter::epic {

inline constexpr std::string_view loinc_system = "http://loinc.org";
inline constexpr std::string_view rxnorm_system = "http://www.nlm.nih.gov/research/umls/rxnorm";
inline constexpr std::string_view snomed_system = "http://snomed.info/sct";
inline constexpr std::string_view icd10cm_system = "http://hl7.org/fhir/sid/icd-10-cm";
inline constexpr std::string_view ucum_system = "http://unitsofmeasure.org";

/// Letters, digits and '-', at most 64: it stands in a header and in a search.
bool is_operation_id(std::string_view);
/// "58410-2": digits, a hyphen, a check digit.
bool is_loinc(std::string_view);
/// 1 to 18 digits.
bool is_number(std::string_view);
/// What JSON and FHIR take for a decimal, without an exponent: "72.50".
bool is_decimal(std::string_view);
/// Characters of UTF-8, as Epic's limits count them.
std::size_t characters_of(std::string_view);

/// errc::invalid_argument, without a word of the input.
result<> check_who(const write_request&);
result<> check_text(std::string_view text, std::size_t max_characters, std::string_view name);
result<> check_priority(std::string_view);
/// Code and display must be there, and the system one of those.
result<> check_coded(const coded&, std::initializer_list<std::string_view> systems, std::string_view name);

/// A CodeableConcept with its text; without display there is none.
json::value concept_of(std::string_view system, std::string_view code, std::string_view display);
json::value list_of(json::value one);
json::value text_of(std::string_view text);
json::value reference_to(std::string_view type, const std::string& id);
json::value identifiers_of(const std::string& system, const write_request&);
/// The asking user as Epic is to see it. The request must have passed check_who.
json::value user_of(const write_request&);

/// SHA-256 of the words, with the borders between them.
std::string hash_of(std::initializer_list<std::string_view> words);

}  // namespace epicenter::epic
