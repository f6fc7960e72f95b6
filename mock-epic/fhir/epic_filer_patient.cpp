#include <fmt/format.h>

#include "mock-epic/data/build.hpp"
#include "mock-epic/data/civil.hpp"
#include "mock-epic/data/opaque_id.hpp"
#include "mock-epic/fhir/epic_filer.hpp"
#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock::fhir {
namespace {

constexpr std::string_view open_epic = "http://open.epic.com/FHIR/StructureDefinition/";
constexpr std::string_view us_core = "http://hl7.org/fhir/us/core/StructureDefinition/";

std::string upper(std::string_view text) {
  std::string made(text);
  for (char& c : made)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return made;
}

json::value extension(std::string_view url, std::string_view kind, json::value v) {
  return json::object{{std::string(kind), std::move(v)}, {"url", url}};
}

/// Sex and pronouns as Epic derives them, race and ethnicity unknown.
json::array extensions_of(std::string_view gender) {
  const bool male = gender == "male";
  const data::coded sex{"urn:oid:1.2.840.114350.1.13.0.1.7.10.698084.130.657370.19999000", gender, gender};
  std::string title(gender);
  title[0] = upper(title.substr(0, 1))[0];
  const data::coded pronouns{data::loinc, male ? "LA29518-0" : "LA29519-8",
                             male ? "he/him/his/his/himself" : "she/her/her/hers/herself"};
  const data::coded unknown{"http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "UNK", "Unknown"};
  const json::value unknown_text = extension("text", "valueString", "Unknown");
  return json::array{
      extension(fmt::format("{}extension/legal-sex", open_epic), "valueCodeableConcept",
                data::concept_of(sex, title)),
      extension(fmt::format("{}extension/sex-for-clinical-use", open_epic), "valueCodeableConcept",
                data::concept_of(sex)),
      extension(fmt::format("{}us-core-race", us_core), "extension",
                json::array{extension("ombCategory", "valueCoding", data::coding(unknown)), unknown_text}),
      extension(fmt::format("{}us-core-ethnicity", us_core), "extension", json::array{unknown_text}),
      extension(fmt::format("{}us-core-sex", us_core), "valueCode", male ? "248153007" : "248152002"),
      extension(fmt::format("{}extension/calculated-pronouns-to-use-for-text", open_epic),
                "valueCodeableConcept", data::concept_of(pronouns))};
}

json::value identifier(std::string_view type, std::string_view system, std::string_view value) {
  json::object kind{{"text", type}};
  if (type == "EXTERNAL")
    kind = json::object{
        {"coding",
         json::array{json::object{{"system", "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBIdentifierType"},
                                  {"code", "um"}}}},
        {"text", type}};
  return json::object{{"use", "usual"}, {"type", std::move(kind)}, {"system", system}, {"value", value}};
}

json::array identifiers_of(std::string_view id, runtime::random_stream& ids) {
  constexpr std::string_view letters = "ABCDEFGHJKLMNPQRSTVWXYZ0123456789";
  const std::string internal = fmt::format("Z{}", 1'000 + ids.below(900'000));
  const std::string dstu2 = "T" + data::make_held_id(ids).substr(1, 44);
  return json::array{
      identifier("CEID", "urn:oid:1.2.840.114350.1.13.0.1.7.3.688884.100",
                 "FHR" + data::make_text(ids, letters, 12)),
      identifier("EPIC", data::mrn_system, fmt::format("E{}", 10'000 + ids.below(90'000))),
      identifier("EXTERNAL", "urn:oid:1.2.840.114350.1.13.0.1.7.2.698084", internal),
      identifier("FHIR", fmt::format("{}patient-dstu2-fhir-id", open_epic), dstu2),
      identifier("FHIR STU3", fmt::format("{}patient-fhir-id", open_epic), id),
      identifier("INTERNAL", "urn:oid:1.2.840.114350.1.13.0.1.7.2.698084", "     " + internal)};
}

/// Takes a member over without what stands beside it, so without the nulls that hold its places.
void set_part(json::object& to, const json::value& from, std::string_view key) {
  const json::value* part = from.find(key);
  if (!part) return;
  json::value kept = *part;
  json::array* list = kept.if_array();
  if (list) erase_if(*list, [](const json::value& one) { return one.is_null(); });
  if (!list || !list->empty()) to.set(std::string(key), std::move(kept));
}

json::array names_of(const json::value& posted) {
  const json::value* first = posted.at_path("name.0");
  json::array made;
  for (const std::string_view use : {"official", "usual"}) {
    json::object name{{"use", use}};
    std::string text;
    const auto say = [&](std::string_view word) {
      if (!word.empty()) text += text.empty() ? std::string(word) : " " + std::string(word);
    };
    say(first->string_at("prefix.0"));
    walk(*first, "given", [&](const json::value& given) {
      if (const auto word = given.if_string()) say(*word);  // null where only an extension stands
      return false;
    });
    say(first->string_at("family"));
    if (text.empty()) text = first->string_at("text");
    if (!text.empty()) name.set("text", text);
    for (const std::string_view key : {"family", "given"}) set_part(name, *first, key);
    if (const std::string_view prefix = first->string_at("prefix.0"); !prefix.empty())
      name.set("prefix", json::array{upper(prefix)});
    made.push_back(std::move(name));
  }
  return made;
}

json::value address_of(const json::value& posted, std::string_view today) {
  json::object made{{"use", "home"}};
  const std::string place = fmt::format("{} {} {}", posted.string_at("city"), posted.string_at("state"),
                                        posted.string_at("postalCode"));
  made.set("text", fmt::format("{}\r\n{}\r\nUnited States of America", posted.string_at("line.0"), place));
  for (const std::string_view key : {"line", "city", "district", "state", "postalCode", "country"})
    set_part(made, posted, key);
  made.set("period", json::object{{"start", today}});
  return made;
}

json::value reported(std::string_view code, std::string_view display) {
  return data::coding({"http://terminology.hl7.org/CodeSystem/v3-ObservationValue", code, display});
}

}  // namespace

json::object epic_filer::file_patient(json::object content, runtime::random_stream& ids, wall_time now) {
  const json::value posted(std::move(content));
  const std::string_view id = posted.string_at("id");
  by_security_number_[std::string(social_security_number(posted))].emplace_back(id);
  json::object made{{"resourceType", "Patient"}, {"id", id}};
  made.set("meta", json::object{{"security", json::array{reported("PATRPT", "patient reported"),
                                                         reported("UNCERTREL", "uncertain reliability")}}});
  made.set("extension", extensions_of(posted.string_at("gender", "unknown")));
  made.set("identifier", identifiers_of(id, ids));
  made.set("active", true);
  made.set("name", names_of(posted));
  made.set("gender", posted.string_at("gender"));
  made.set("birthDate", posted.string_at("birthDate"));
  made.set("deceasedBoolean", false);
  if (const json::value* address = posted.at_path("address.0"))
    made.set("address", json::array{address_of(*address, data::format_date(now))});
  return made;
}

}  // namespace epicenter::mock::fhir
