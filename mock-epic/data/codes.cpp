#include "mock-epic/data/codes.hpp"

#include <array>

namespace epicenter::mock::data {

std::span<const lab_panel> lab_panels() {
  static constexpr auto table = std::to_array<lab_panel>({
      {panel_id::metabolic, "24321-2", "Basic metabolic 2000 panel - Serum or Plasma",
       "Basic metabolic panel", "80048", "15", "119364003", "Serum specimen"},
      {panel_id::blood_count, "58410-2", "CBC panel - Blood by Automated count", "CBC", "85027", "294",
       "119297000", "Blood specimen"},
      {panel_id::lipids, "24331-1", "Lipid 1996 panel - Serum or Plasma", "Lipid panel", "80061", "18",
       "119364003", "Serum specimen"},
      {panel_id::a1c, "4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "Hemoglobin A1c", "83036", "90",
       "119297000", "Blood specimen"},
      {panel_id::thyroid, "3016-3", "Thyrotropin [Units/volume] in Serum or Plasma", "TSH", "84443", "129",
       "119364003", "Serum specimen"},
      {panel_id::clotting, "34528-0", "PT panel - Platelet poor plasma by Coagulation assay", "Protime-INR",
       "85610", "320", "119361006", "Plasma specimen"},
      {panel_id::heart, "33762-6",
       "Natriuretic peptide.B prohormone N-Terminal [Mass/volume] in Serum or Plasma", "NT-proBNP", "83880",
       "106", "119364003", "Serum specimen"},
  });
  return table;
}

std::span<const lab_test> lab_tests() {
  using enum panel_id;
  static constexpr auto table = std::to_array<lab_test>({
      {metabolic, "2951-2", "Sodium [Moles/volume] in Serum or Plasma", "Sodium", "1520462", "mmol/L", 0, 136,
       145, 126, 152, effect::heart, true},
      {metabolic, "2823-3", "Potassium [Moles/volume] in Serum or Plasma", "Potassium", "1520446", "mmol/L",
       1, 35, 51, 28, 62, effect::none, false},
      {metabolic, "2075-0", "Chloride [Moles/volume] in Serum or Plasma", "Chloride", "1520122", "mmol/L", 0,
       98, 107, 90, 115, effect::none, false},
      {metabolic, "2028-9", "Carbon dioxide, total [Moles/volume] in Serum or Plasma", "CO2", "1520117",
       "mmol/L", 0, 22, 29, 16, 34, effect::none, false},
      {metabolic, "3094-0", "Urea nitrogen [Mass/volume] in Serum or Plasma", "BUN", "1520099", "mg/dL", 0, 7,
       20, 4, 62, effect::kidney, false},
      {metabolic, "2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "Creatinine", "1520140", "mg/dL",
       2, 60, 120, 30, 420, effect::kidney, false},
      {metabolic, "2345-7", "Glucose [Mass/volume] in Serum or Plasma", "Glucose", "1520214", "mg/dL", 0, 70,
       99, 52, 310, effect::glucose, false},
      {metabolic, "17861-6", "Calcium [Mass/volume] in Serum or Plasma", "Calcium", "1520103", "mg/dL", 1, 86,
       102, 74, 112, effect::none, false},
      {blood_count, "6690-2", "Leukocytes [#/volume] in Blood by Automated count", "WBC", "1577876",
       "10*3/uL", 1, 45, 110, 22, 192, effect::none, false},
      {blood_count, "789-8", "Erythrocytes [#/volume] in Blood by Automated count", "RBC", "1577212",
       "10*6/uL", 2, 400, 520, 280, 610, effect::anemia, true},
      {blood_count, "718-7", "Hemoglobin [Mass/volume] in Blood", "Hemoglobin", "1534435", "g/dL", 1, 120,
       160, 76, 178, effect::anemia, true},
      {blood_count, "4544-3", "Hematocrit [Volume Fraction] of Blood by Automated count", "Hematocrit",
       "1534436", "%", 1, 360, 480, 240, 540, effect::anemia, true},
      {blood_count, "777-3", "Platelets [#/volume] in Blood by Automated count", "Platelets", "1577116",
       "10*3/uL", 0, 150, 400, 72, 540, effect::none, false},
      {lipids, "2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "Cholesterol", "1558011", "mg/dL", 0,
       120, 200, 92, 312, effect::lipids, false},
      {lipids, "2571-8", "Triglyceride [Mass/volume] in Serum or Plasma", "Triglycerides", "1558041", "mg/dL",
       0, 40, 150, 32, 480, effect::lipids, false},
      {lipids, "2085-9", "Cholesterol in HDL [Mass/volume] in Serum or Plasma", "HDL", "1558027", "mg/dL", 0,
       40, 80, 22, 98, effect::lipids, true},
      {lipids, "13457-7", "Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation", "LDL",
       "1558031", "mg/dL", 0, 50, 130, 34, 232, effect::lipids, false},
      {a1c, "4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "Hemoglobin A1C", "1558024", "%", 1, 40, 56,
       36, 118, effect::glucose, false},
      {thyroid, "3016-3", "Thyrotropin [Units/volume] in Serum or Plasma", "TSH", "1534101", "m[IU]/L", 2, 40,
       400, 8, 1240, effect::thyroid, false},
      {clotting, "6301-6", "INR in Platelet poor plasma by Coagulation assay", "INR", "1534070", "{INR}", 1,
       9, 12, 8, 46, effect::clotting, false},
      {heart, "33762-6", "Natriuretic peptide.B prohormone N-Terminal [Mass/volume] in Serum or Plasma",
       "NT-proBNP", "1534350", "pg/mL", 0, 15, 300, 10, 6400, effect::heart, false},
  });
  return table;
}

std::span<const allergen> allergens() {
  static constexpr auto table = std::to_array<allergen>({
      {{rxnorm, "70618", "Penicillin"}, "PENICILLINS", "medication"},
      {{rxnorm, "723", "Amoxicillin"}, "AMOXICILLIN", "medication"},
      {{rxnorm, "2670", "Codeine"}, "CODEINE", "medication"},
      {{rxnorm, "1191", "Aspirin"}, "ASPIRIN", "medication"},
      {{rxnorm, "5640", "Ibuprofen"}, "IBUPROFEN", "medication"},
      {{rxnorm, "7052", "Morphine"}, "MORPHINE", "medication"},
      {{snomed, "91935009", "Allergy to peanut"}, "PEANUT", "food"},
      {{snomed, "91934008", "Allergy to nut"}, "TREE NUT", "food"},
      {{snomed, "91930004", "Allergy to eggs"}, "EGG", "food"},
      {{snomed, "300916003", "Latex allergy"}, "LATEX", "environment"},
      {{snomed, "232347008", "Dander (animal) allergy"}, "ANIMAL DANDER", "environment"},
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

std::span<const vaccine> vaccines() {
  static constexpr std::string_view deltoid = "Left deltoid";
  static constexpr std::string_view thigh = "Left vastus lateralis";
  static constexpr auto table = std::to_array<vaccine>({
      {"08", "Hep B, adolescent or pediatric", "Merck and Co., Inc.", thigh, 1, 60, 3},
      {"20", "DTaP", "Sanofi Pasteur", thigh, 61, 61, 4},
      {"10", "IPV", "Sanofi Pasteur", thigh, 61, 61, 3},
      {"133", "Pneumococcal conjugate PCV 13", "Pfizer, Inc", thigh, 61, 61, 4},
      {"03", "MMR", "Merck and Co., Inc.", thigh, 370, 1100, 2},
      {"21", "Varicella", "Merck and Co., Inc.", thigh, 370, 1100, 2},
      {"83", "Hep A, ped/adol, 2 dose", "GlaxoSmithKline", thigh, 400, 200, 2},
      {"165", "HPV9", "Merck and Co., Inc.", deltoid, 4100, 200, 2},
      {"114", "Meningococcal MCV4P", "Sanofi Pasteur", deltoid, 4100, 1826, 2},
      {"140", "Influenza, seasonal, injectable, preservative free", "Seqirus", deltoid, 6800, 365, 80},
      {"115", "Tdap", "Sanofi Pasteur", deltoid, 4200, 3650, 9},
      {"187", "Zoster recombinant", "GlaxoSmithKline", deltoid, 18300, 120, 2},
      {"33", "Pneumococcal polysaccharide PPV23", "Merck and Co., Inc.", deltoid, 23800, 0, 1},
  });
  return table;
}

std::span<const operation> operations() {
  using enum sex;
  static constexpr auto table = std::to_array<operation>({
      {"93000", "29303009", "ELECTROCARDIOGRAM COMPLETE", false, 30, 120, any},
      {"93306", "40701008", "TRANSTHORACIC ECHO (TTE) COMPLETE", false, 45, 120, any},
      {"71046", "399208008", "XR CHEST 2 VIEWS", false, 1, 120, any},
      {"45378", "73761001", "COLONOSCOPY", false, 45, 85, any},
      {"94010", "127783003", "SPIROMETRY", false, 6, 120, any},
      {"77067", "24623002", "SCREENING MAMMOGRAM BILATERAL", false, 40, 80, female},
      {"44950", "80146002", "APPENDECTOMY", true, 5, 70, any},
      {"47562", "45595009", "LAPAROSCOPIC CHOLECYSTECTOMY", true, 20, 85, any},
      {"27130", "52734007", "TOTAL HIP ARTHROPLASTY", true, 55, 85, any},
      {"66984", "110473004", "CATARACT EXTRACTION WITH LENS IMPLANT", true, 60, 95, any},
      {"42820", "173422009", "TONSILLECTOMY", true, 3, 16, any},
  });
  return table;
}

}  // namespace epicenter::mock::data
