#include "mock-epic/data/codes.hpp"

#include <array>

namespace epicenter::mock::data {

std::span<const lab_test> lab_tests() {
  static constexpr auto table = std::to_array<lab_test>({
      {"2951-2", "Sodium [Moles/volume] in Serum or Plasma", "Sodium", "mmol/L", 0, 136, 145, 130, 149},
      {"2823-3", "Potassium [Moles/volume] in Serum or Plasma", "Potassium", "mmol/L", 1, 35, 51, 31, 57},
      {"2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "Creatinine", "mg/dL", 2, 60, 120, 50, 240},
      {"3094-0", "Urea nitrogen [Mass/volume] in Serum or Plasma", "BUN", "mg/dL", 0, 7, 20, 6, 38},
      {"2345-7", "Glucose [Mass/volume] in Serum or Plasma", "Glucose", "mg/dL", 0, 70, 99, 62, 240},
      {"718-7", "Hemoglobin [Mass/volume] in Blood", "Hemoglobin", "g/dL", 1, 120, 160, 82, 178},
      {"6690-2", "Leukocytes [#/volume] in Blood by Automated count", "WBC", "10*3/uL", 1, 45, 110, 28, 172},
      {"777-3", "Platelets [#/volume] in Blood by Automated count", "Platelets", "10*3/uL", 0, 150, 400, 88,
       512},
      {"4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "Hemoglobin A1c", "%", 1, 40, 56, 46, 98},
      {"3016-3", "Thyrotropin [Units/volume] in Serum or Plasma", "TSH", "m[IU]/L", 2, 40, 400, 20, 820},
      {"2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "Cholesterol", "mg/dL", 0, 120, 200, 118,
       291},
  });
  return table;
}

std::span<const problem> problems() {
  static constexpr auto table = std::to_array<problem>({
      {"38341003", "Hypertensive disorder", "I10"},
      {"44054006", "Type 2 diabetes mellitus", "E11.9"},
      {"195967001", "Asthma", "J45.909"},
      {"13645005", "Chronic obstructive pulmonary disease", "J44.9"},
      {"84114007", "Heart failure", "I50.9"},
      {"49436004", "Atrial fibrillation", "I48.91"},
      {"55822004", "Hyperlipidemia", "E78.5"},
      {"40930008", "Hypothyroidism", "E03.9"},
      {"235595009", "Gastroesophageal reflux disease", "K21.9"},
      {"396275006", "Osteoarthritis", "M19.90"},
      {"709044004", "Chronic kidney disease", "N18.9"},
      {"233604007", "Pneumonia", "J18.9"},
  });
  return table;
}

std::span<const medication> medications() {
  static constexpr auto table = std::to_array<medication>({
      {"314076", "lisinopril 10 MG Oral Tablet", "Take 1 tablet by mouth daily."},
      {"861007", "metformin hydrochloride 500 MG Oral Tablet",
       "Take 1 tablet by mouth twice daily with meals."},
      {"197361", "amlodipine 5 MG Oral Tablet", "Take 1 tablet by mouth daily."},
      {"310798", "hydrochlorothiazide 25 MG Oral Tablet", "Take 1 tablet by mouth every morning."},
      {"313988", "furosemide 40 MG Oral Tablet", "Take 1 tablet by mouth every morning."},
      {"312961", "simvastatin 20 MG Oral Tablet", "Take 1 tablet by mouth at bedtime."},
      {"866924", "metoprolol tartrate 25 MG Oral Tablet", "Take 1 tablet by mouth twice daily."},
      {"855332", "warfarin sodium 5 MG Oral Tablet", "Take 1 tablet by mouth daily as directed."},
      {"308191", "amoxicillin 500 MG Oral Capsule", "Take 1 capsule by mouth three times daily."},
  });
  return table;
}

std::span<const coded> allergens() {
  static constexpr auto table = std::to_array<coded>({
      {rxnorm, "70618", "Penicillin"},
      {rxnorm, "723", "Amoxicillin"},
      {rxnorm, "2670", "Codeine"},
      {rxnorm, "1191", "Aspirin"},
      {rxnorm, "5640", "Ibuprofen"},
      {rxnorm, "7052", "Morphine"},
      {snomed, "91935009", "Allergy to peanut"},
  });
  return table;
}

std::span<const coded> reactions() {
  static constexpr auto table = std::to_array<coded>({
      {snomed, "247472004", "Hives"},
      {snomed, "271807003", "Eruption of skin"},
      {snomed, "422587007", "Nausea"},
      {snomed, "39579001", "Anaphylaxis"},
      {snomed, "418290006", "Itching"},
  });
  return table;
}

std::span<const std::string_view> family_names() {
  static constexpr auto table = std::to_array<std::string_view>(
      {"Abara",  "Bennett", "Castillo", "Dietrich",  "Eriksen", "Fontaine", "Gallagher", "Haddad",
       "Ibarra", "Jansen",  "Kowalski", "Lindqvist", "Moreau",  "Nakamura", "Okafor",    "Petrov",
       "Quinn",  "Rossi",   "Schmidt",  "Tanaka",    "Ueda",    "Vargas",   "Whitfield", "Zhang"});
  return table;
}

std::span<const std::string_view> given_names(bool female) {
  static constexpr auto hers =
      std::to_array<std::string_view>({"Amara", "Beatriz", "Clara", "Dina", "Elena", "Farah", "Greta", "Hana",
                                       "Ingrid", "Julia", "Keiko", "Lucia", "Maya", "Nora", "Olga", "Priya"});
  static constexpr auto his = std::to_array<std::string_view>(
      {"Adrian", "Bruno", "Carlos", "Daniel", "Emil", "Felix", "George", "Hassan", "Ivan", "Jonas", "Kenji",
       "Luis", "Martin", "Noah", "Oscar", "Pavel"});
  return female ? std::span<const std::string_view>(hers) : std::span<const std::string_view>(his);
}

std::span<const std::string_view> cities() {
  static constexpr auto table = std::to_array<std::string_view>(
      {"Verona", "Madison", "Middleton", "Fitchburg", "Sun Prairie", "Stoughton"});
  return table;
}

}  // namespace epicenter::mock::data
