#include <array>

#include "mock-epic/data/codes.hpp"

namespace epicenter::mock::data {

std::span<const problem> problems() {
  using enum sex;
  static constexpr auto table = std::to_array<problem>({
      {"38341003", "Hypertensive disorder", "I10", "Essential (primary) hypertension", "401.9",
       "Hypertension", 35, 120, any, effect::pressure,
       "Blood pressure is followed at home; salt restriction was discussed and the present medication goes "
       "on."},
      {"44054006", "Diabetes mellitus type 2", "E11.9", "Type 2 diabetes mellitus without complications",
       "250.00", "Type 2 diabetes mellitus", 35, 120, any, effect::glucose,
       "Glucose readings were reviewed together; hemoglobin A1c again in three months, eye examination due."},
      {"195967001", "Asthma", "J45.909", "Unspecified asthma, uncomplicated", "493.90", "Asthma", 4, 120, any,
       effect::oxygen, "No night-time symptoms; inhaler technique was checked and the action plan renewed."},
      {"13645005", "Chronic obstructive lung disease", "J44.9",
       "Chronic obstructive pulmonary disease, unspecified", "496", "COPD", 50, 120, any, effect::oxygen,
       "Breathlessness on the second flight of stairs, unchanged; inhaled therapy goes on."},
      {"84114007", "Heart failure", "I50.9", "Heart failure, unspecified", "428.9", "Heart failure", 55, 120,
       any, effect::heart, "Weighs daily at home without sudden gain; no edema. The diuretic goes on."},
      {"49436004", "Atrial fibrillation", "I48.91", "Unspecified atrial fibrillation", "427.31",
       "Atrial fibrillation", 55, 120, any, effect::clotting,
       "Rate is controlled; anticoagulation is within its target, no bleeding."},
      {"55822004", "Hyperlipidemia", "E78.5", "Hyperlipidemia, unspecified", "272.4", "Hyperlipidemia", 35,
       120, any, effect::lipids, "Statin is tolerated without muscle pain; lipid panel yearly."},
      {"40930008", "Hypothyroidism", "E03.9", "Hypothyroidism, unspecified", "244.9", "Hypothyroidism", 25,
       120, any, effect::thyroid, "Feels well on the present replacement dose; TSH in six months."},
      {"235595009", "Gastroesophageal reflux disease", "K21.9",
       "Gastro-esophageal reflux disease without esophagitis", "530.81", "GERD", 25, 120, any, effect::none,
       "Heartburn once a week at most; late meals are avoided."},
      {"396275006", "Osteoarthritis", "M19.90", "Unspecified osteoarthritis, unspecified site", "715.90",
       "Osteoarthritis", 50, 120, any, effect::none,
       "Morning stiffness below half an hour; exercises were shown again."},
      {"709044004", "Chronic kidney disease", "N18.9", "Chronic kidney disease, unspecified", "585.9",
       "Chronic kidney disease", 50, 120, any, effect::kidney,
       "Kidney function is followed every three months; NSAIDs are avoided."},
      {"35489007", "Depressive disorder", "F32.A", "Depression, unspecified", "311", "Depression", 16, 120,
       any, effect::none, "Mood is better, sleeps through; counselling goes on, no thoughts of self-harm."},
      {"197480006", "Anxiety disorder", "F41.9", "Anxiety disorder, unspecified", "300.00", "Anxiety", 14,
       120, any, effect::none, "Uses the breathing exercises; panic attacks have become rare."},
      {"37796009", "Migraine", "G43.909",
       "Migraine, unspecified, not intractable, without status migrainosus", "346.90", "Migraine", 12, 70,
       any, effect::none, "Two attacks a month, each relieved within hours; keeps a diary."},
      {"73430006", "Sleep apnea", "G47.30", "Sleep apnea, unspecified", "780.57", "Sleep apnea", 35, 120, any,
       effect::none, "Uses the CPAP device on most nights and feels rested."},
      {"414916001", "Obesity", "E66.9", "Obesity, unspecified", "278.00", "Obesity", 12, 120, any,
       effect::weight, "Walks half an hour a day; the dietitian sees the patient again next month."},
      {"64859006", "Osteoporosis", "M81.0", "Age-related osteoporosis without current pathological fracture",
       "733.00", "Osteoporosis", 60, 120, female, effect::none,
       "No falls since the last visit; bone density is repeated in two years."},
      {"266569009", "Benign prostatic hyperplasia", "N40.0",
       "Benign prostatic hyperplasia without lower urinary tract symptoms", "600.00", "BPH", 55, 120, male,
       effect::none, "Gets up once a night; stream is satisfactory."},
      {"271737000", "Anemia", "D64.9", "Anemia, unspecified", "285.9", "Anemia", 18, 120, any, effect::anemia,
       "Iron is tolerated; blood count again in eight weeks."},
      {"24079001", "Atopic dermatitis", "L20.9", "Atopic dermatitis, unspecified", "691.8", "Eczema", 0, 40,
       any, effect::none, "Skin is dry in the elbow folds without infection; emollients twice a day."},
      {"61582004", "Allergic rhinitis", "J30.9", "Allergic rhinitis, unspecified", "477.9",
       "Allergic rhinitis", 3, 120, any, effect::none, "Sneezing in spring only; antihistamine as needed."},
      {"406506008", "Attention deficit hyperactivity disorder", "F90.9",
       "Attention-deficit hyperactivity disorder, unspecified type", "314.01", "ADHD", 6, 25, any,
       effect::none, "School reports better concentration; appetite and growth are followed."},
  });
  return table;
}

std::span<const complaint> complaints() {
  static constexpr auto table = std::to_array<complaint>({
      {"54150009", "Upper respiratory infection", "J06.9", "Acute upper respiratory infection, unspecified",
       "Upper respiratory infection", "a runny nose and a cough for four days, without fever", 0, 120},
      {"65363002", "Otitis media", "H66.90", "Otitis media, unspecified, unspecified ear", "Ear infection",
       "ear pain since the night before", 0, 12},
      {"43878008", "Streptococcal sore throat", "J02.0", "Streptococcal pharyngitis", "Strep throat",
       "a sore throat and pain on swallowing for two days", 4, 40},
      {"25064002", "Headache", "R51.9", "Headache, unspecified", "Headache",
       "a dull headache on several days of the last week", 8, 120},
      {"279039007", "Low back pain", "M54.50", "Low back pain, unspecified", "Low back pain",
       "low back pain after lifting, without radiation", 18, 120},
      {"68566005", "Urinary tract infection", "N39.0", "Urinary tract infection, site not specified",
       "Urinary tract infection", "burning on urination since yesterday", 16, 120},
      {"84229001", "Fatigue", "R53.83", "Other fatigue", "Fatigue", "being tired for some weeks", 16, 120},
      {"29857009", "Chest pain", "R07.9", "Chest pain, unspecified", "Chest pain",
       "a short stabbing pain in the chest, gone by now", 30, 120},
      {"386661006", "Fever", "R50.9", "Fever, unspecified", "Fever",
       "a temperature of 38.5 C since yesterday", 0, 30},
  });
  return table;
}

std::span<const medication> medications() {
  static constexpr std::string_view tab = "{tbl}";
  static constexpr std::string_view cap = "{capsule}";
  static constexpr auto table = std::to_array<medication>({
      {"314076", "lisinopril 10 MG Oral Tablet", "lisinopril (PRINIVIL,ZESTRIL) 10 MG tablet", "Take", 1,
       "tablet", tab, 10'000, "mg", 1, true, "38341003", 18},
      {"197361", "amlodipine 5 MG Oral Tablet", "amLODIPine (NORVASC) 5 MG tablet", "Take", 1, "tablet", tab,
       5'000, "mg", 1, true, "38341003", 18},
      {"310798", "hydrochlorothiazide 25 MG Oral Tablet", "hydroCHLOROthiazide (HYDRODIURIL) 25 MG tablet",
       "Take", 1, "tablet", tab, 25'000, "mg", 1, true, "38341003", 18},
      {"861007", "metformin hydrochloride 500 MG Oral Tablet", "metFORMIN (GLUCOPHAGE) 500 MG tablet", "Take",
       1, "tablet", tab, 500'000, "mg", 2, true, "44054006", 18},
      {"313988", "furosemide 40 MG Oral Tablet", "furosemide (LASIX) 40 MG tablet", "Take", 1, "tablet", tab,
       40'000, "mg", 1, true, "84114007", 18},
      {"866924", "metoprolol tartrate 25 MG Oral Tablet", "metoprolol tartrate (LOPRESSOR) 25 MG tablet",
       "Take", 1, "tablet", tab, 25'000, "mg", 2, true, "84114007", 18},
      {"855332", "warfarin sodium 5 MG Oral Tablet", "warfarin (COUMADIN) 5 MG tablet", "Take", 1, "tablet",
       tab, 5'000, "mg", 1, true, "49436004", 18},
      {"617310", "atorvastatin 20 MG Oral Tablet", "atorvastatin (LIPITOR) 20 MG tablet", "Take", 1, "tablet",
       tab, 20'000, "mg", 1, true, "55822004", 18},
      {"312961", "simvastatin 20 MG Oral Tablet", "simvastatin (ZOCOR) 20 MG tablet", "Take", 1, "tablet",
       tab, 20'000, "mg", 1, true, "55822004", 18},
      {"966221", "levothyroxine sodium 0.05 MG Oral Tablet", "levothyroxine (SYNTHROID) 50 MCG tablet",
       "Take", 1, "tablet", tab, 50'000, "ug", 1, true, "40930008", 12},
      {"198051", "omeprazole 20 MG Delayed Release Oral Capsule", "omeprazole (PriLOSEC) 20 MG capsule",
       "Take", 1, "capsule", cap, 20'000, "mg", 1, true, "235595009", 12},
      {"312941", "sertraline 50 MG Oral Tablet", "sertraline (ZOLOFT) 50 MG tablet", "Take", 1, "tablet", tab,
       50'000, "mg", 1, true, "35489007", 16},
      {"310385", "fluoxetine 20 MG Oral Capsule", "FLUoxetine (PROzac) 20 MG capsule", "Take", 1, "capsule",
       cap, 20'000, "mg", 1, true, "197480006", 14},
      {"863669", "tamsulosin hydrochloride 0.4 MG Oral Capsule", "tamsulosin (FLOMAX) 0.4 MG capsule", "Take",
       1, "capsule", cap, 400, "mg", 1, true, "266569009", 18},
      {"310325", "ferrous sulfate 325 MG Oral Tablet", "ferrous sulfate 325 MG tablet", "Take", 1, "tablet",
       tab, 325'000, "mg", 1, true, "271737000", 12},
      {"1014678", "cetirizine hydrochloride 10 MG Oral Tablet", "cetirizine (ZyrTEC) 10 MG tablet", "Take", 1,
       "tablet", tab, 10'000, "mg", 1, true, "61582004", 6},
      {"745752", "200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler",
       "albuterol (PROVENTIL HFA) 108 (90 Base) MCG/ACT inhaler", "Inhale", 2, "puff", "{puff}", 180'000,
       "ug", 4, true, "195967001", 4},
      {"308191", "amoxicillin 500 MG Oral Capsule", "amoxicillin (AMOXIL) 500 MG capsule", "Take", 1,
       "capsule", cap, 500'000, "mg", 3, false, "", 12},
      {"308182", "amoxicillin 250 MG Oral Capsule", "amoxicillin (AMOXIL) 250 MG capsule", "Take", 1,
       "capsule", cap, 250'000, "mg", 3, false, "", 4},
      {"310965", "ibuprofen 200 MG Oral Tablet", "ibuprofen (ADVIL,MOTRIN) 200 MG tablet", "Take", 1,
       "tablet", tab, 200'000, "mg", 3, false, "", 12},
      {"313782", "acetaminophen 325 MG Oral Tablet", "acetaminophen (TYLENOL) 325 MG tablet", "Take", 1,
       "tablet", tab, 325'000, "mg", 4, false, "", 12},
      {"313820", "acetaminophen 160 MG Chewable Tablet", "acetaminophen (TYLENOL) 160 MG chewable tablet",
       "Chew", 1, "tablet", tab, 160'000, "mg", 4, false, "", 3},
      {"106258", "hydrocortisone 10 MG/ML Topical Cream", "hydrocortisone (CORTIZONE) 1 % cream", "Apply", 1,
       "application", "{application}", 1'000, "g", 2, false, "", 0},
  });
  return table;
}

}  // namespace epicenter::mock::data
