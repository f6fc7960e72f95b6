#include <fmt/format.h>

#include <array>

#include "mock-epic/data/build.hpp"
#include "mock-epic/data/civil.hpp"
#include "mock-epic/fhir/epic_filer.hpp"
#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock::fhir {
namespace {

/// A row of Epic's vital-signs flowsheet. That of blood pressure is captured; the numbers of the others are
/// this mock's own.
struct flowsheet_row {
  std::string_view loinc;
  std::string_view number;
  std::string_view flowsheet;
  std::string_view display;
};
constexpr auto rows = std::to_array<flowsheet_row>({
    {"85354-9", "5", "tBdNYepLeojPG60x7nUx9kQ0", "BP"},
    {"55284-4", "5", "tBdNYepLeojPG60x7nUx9kQ0", "BP"},
    {"8310-5", "6", "tAzGx7bEOEsY9VdGVRVZQqQ0", "Temp"},
    {"8867-4", "8", "tmXL0i-KHRaC5Wk-r9Ui9yw0", "Pulse"},
    {"9279-1", "9", "tPcYiJ3l.2y6.DQfUvQ0HxQ0", "Resp"},
    {"2708-6", "10", "t9vU7LzQm3bq4cQm5ssVtSA0", "SpO2"},
    {"59408-5", "10", "t9vU7LzQm3bq4cQm5ssVtSA0", "SpO2"},
    {"8302-2", "11", "tq2ZpG8Iy1J-bZ7qLwxdHbw0", "Height"},
    {"29463-7", "14", "tKcM5TjHm0QwJrV8yN3zEaQ0", "Weight"},
    {"3141-9", "14", "tKcM5TjHm0QwJrV8yN3zEaQ0", "Weight"},
    {"39156-5", "301070", "tWb4Rk9oD7LxVs2uPf6nYcg0", "BMI (Calculated)"},
    {"9843-4", "16", "tGh1Nq5aS8MzCe3wRk7vUbA0", "Head Circumference"},
    {"8289-1", "17", "tJd6Xv2cF4PyHg9tLm0sQeQ0", "Head Circumference Percentile"},
    {"72514-3", "301180", "tRe8Ku3bT6NwZj1xVh5dOfw0", "Pain Score"},
});

const flowsheet_row* find_row(std::string_view loinc) {
  for (const flowsheet_row& row : rows)
    if (row.loinc == loinc) return &row;
  return nullptr;
}

json::value row_code(const flowsheet_row& row, const json::value& posted) {
  json::array codings{data::coding({"urn:oid:1.2.840.114350.1.13.0.1.7.2.707679", row.number, row.display}),
                      data::coding({"http://open.epic.com/FHIR/StructureDefinition/observation-flowsheet-id",
                                    row.flowsheet, row.display})};
  if (row.display == "BP") {
    constexpr std::string_view finnish = "urn:oid:1.2.246.537.6.96";
    codings.push_back(json::object{{"system", finnish}, {"code", "8462-4"}});
    codings.push_back(json::object{{"system", finnish}, {"code", "8480-6"}});
    codings.push_back(data::coding({data::loinc, "55284-4", "Blood pressure systolic and diastolic"}));
    codings.push_back(
        data::coding({data::loinc, "85354-9", "Blood pressure panel with all children optional"}));
  } else {
    walk(posted, "coding", [&](const json::value& coding) {
      if (coding.string_at("code") == row.loinc) codings.push_back(coding);
      return false;
    });
  }
  codings.push_back(data::coding({data::loinc, "8716-3", "Vital signs"}));
  return data::concept_of(std::move(codings), row.display);
}

/// Epic writes moments in UTC.
json::value in_utc(std::string_view text) {
  const auto range = data::parse_date(text);
  if (!range || text.find('T') == std::string_view::npos) return text;
  return data::format_instant(wall_time(std::chrono::seconds(range->begin)));
}

}  // namespace

bool is_vital_sign(std::string_view loinc) {
  return find_row(loinc) != nullptr;
}

json::object epic_filer::file_vital(json::object content, wall_time now) {
  json::object made;
  made.set("resourceType", "Observation");
  made.set("id", *content.find("id"));
  made.set("extension",
           json::array{json::object{
               {"valueIdentifier",
                json::object{{"system", "urn:oid:1.2.840.114350.1.13.0.1.7.2.707684"}, {"value", "31020"}}},
               {"url", "http://open.epic.com/FHIR/StructureDefinition/extension/template-id"}}});
  if (const json::value* identifiers = content.find("identifier")) made.set("identifier", *identifiers);
  made.set("status", *content.find("status"));
  const data::coded vitals{"http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs",
                           "Vital Signs"};
  made.set("category", json::array{data::concept_of(vitals, vitals.display)});
  const json::value& code = *content.find("code");
  const flowsheet_row* row = nullptr;
  walk(code, "coding.code", [&](const json::value& one) {
    const auto loinc = one.if_string();
    row = loinc ? find_row(*loinc) : nullptr;
    return row != nullptr;
  });
  made.set("code", row ? row_code(*row, code) : code);
  made.set("subject", subject_of(content, "subject"));
  if (const json::value* visit = content.find("encounter"))
    made.set("encounter", encounter_of(visit->string_at("reference")));
  made.set("effectiveDateTime", in_utc(content.find("effectiveDateTime")->string_at("")));
  made.set("issued", data::format_instant(now));
  made.set("performer",
           json::array{data::reference("Practitioner", "evNp-KhYwOOqAZn1pZ2enuA3", "User Interconnect")});
  for (const auto& [key, member] : content)
    if (key.starts_with("value") || key == "note" || key == "component" || key == "dataAbsentReason")
      made.set(key, member);
  return made;
}

}  // namespace epicenter::mock::fhir
