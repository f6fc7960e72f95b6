#include <fmt/format.h>

#include "mock-epic/data/build.hpp"
#include "mock-epic/data/civil.hpp"
#include "mock-epic/data/opaque_id.hpp"
#include "mock-epic/fhir/base64.hpp"
#include "mock-epic/fhir/epic_filer.hpp"
#include "mock-epic/fhir/search_value.hpp"
#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock::fhir {
namespace {

constexpr std::string_view note_system = "urn:oid:1.2.840.114350.1.13.0.1.7.2.727879";

std::string html_of(std::string_view text) {
  std::string out = "<html><head><meta charset=\"utf-8\"/></head><body><div>";
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '\n':
        out += "<br/>";
        break;
      default:
        out += c;
    }
  }
  return out + "</div></body></html>";
}

std::string rtf_of(std::string_view text) {
  std::string out = "{\\rtf1\\ansi ";
  for (const char c : text) {
    if (c == '\\' || c == '{' || c == '}') out += '\\';
    if (c == '\n') {
      out += "\\par ";
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      out += fmt::format("\\'{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + "}";
}

json::value attachment(std::string_view media, std::string url) {
  return json::object{
      {"attachment", json::object{{"contentType", media}, {"url", std::move(url)}}},
      {"format", data::coding({"http://ihe.net/fhir/ValueSet/IHE.FormatCode.codesystem",
                               "urn:ihe:iti:xds:2017:mimeTypeSufficient", "mimeType Sufficient"})}};
}

/// The signature, where the note is signed: who and when.
json::value attester(const json::value& user, const std::string& when) {
  const data::coded signer{"urn:oid:1.2.840.114350.1.72.1.7.7.10.696784.72072", "1", "Signer"};
  return json::object{
      {"extension",
       json::array{
           json::object{{"valueCodeableConcept", data::concept_of(signer, signer.display)}, {"url", "mode"}},
           json::object{{"valueDateTime", when}, {"url", "time"}},
           json::object{{"valueReference", user}, {"url", "party"}}}},
      {"url", "http://hl7.org/fhir/5.0/StructureDefinition/extension-DocumentReference.attester"}};
}

struct note_type {
  std::string_view loinc, number, display;
};
constexpr note_type note_types[] = {{"34117-2", "4", "H&P"},
                                    {"11506-3", "1", "Progress Notes"},
                                    {"11488-4", "2", "Consults"},
                                    {"18842-5", "5", "Discharge Summary"},
                                    {"28570-0", "3", "Procedures"}};

json::value type_of(const json::value& posted) {
  const json::value* first = posted.at_path("coding.0");
  if (!first) return posted;
  note_type known{"", "100", "Progress Notes"};
  for (const note_type& one : note_types)
    if (one.loinc == first->string_at("code")) known = one;
  json::value kept = *first;
  kept.if_object()->set("userSelected", true);
  return data::concept_of(
      json::array{
          data::coding({"urn:oid:1.2.840.114350.1.13.0.1.7.4.737880.5010", known.number, known.display}),
          data::coding({"urn:oid:1.2.840.114350.1.72.727879.69848980", known.number, known.display}),
          std::move(kept)},
      known.display);
}

}  // namespace

std::string epic_filer::file_binary(std::string_view patient, std::string_view media, std::string_view text,
                                    bool long_id, runtime::random_stream& ids, wall_time now) {
  std::string id = long_id ? "f" + data::make_held_id(ids).substr(0, 44) : data::make_id(ids);
  json::object content{
      {"resourceType", "Binary"}, {"id", id}, {"contentType", media}, {"data", encode_base64(text)}};
  store_.file(type_id::binary, id, std::string(patient), std::move(content), true, now);
  return "Binary/" + id;
}

json::object epic_filer::file_note(json::object content, runtime::random_stream& ids, wall_time now) {
  const json::value posted(content);
  const std::string when = data::format_instant(now);
  const json::value user = data::reference("Practitioner", "evNp-KhYwOOqAZn1pZ2enuA3", "User Interconnect");
  const json::value author = json::object{{"reference", "Practitioner/evNp-KhYwOOqAZn1pZ2enuA3"},
                                          {"type", "Practitioner"},
                                          {"display", "User Interconnect"}};
  const bool is_signed = posted.string_at("docStatus", "final") != "preliminary";
  const std::string number = std::to_string(100'000 + ids.below(900'000));
  json::object made{{"resourceType", "DocumentReference"}, {"id", *content.find("id")}};
  if (is_signed) made.set("extension", json::array{attester(user, when)});
  made.set("identifier",
           json::array{json::object{{"system", note_system}, {"value", number}},
                       json::object{{"system", "urn:oid:1.2.840.114350.1.72.3.15"},
                                    {"value", std::string(note_system.substr(8)) + "_" + number}}});
  made.set("status", "current");
  made.set("docStatus", is_signed ? "final" : "preliminary");
  made.set("type", type_of(*content.find("type")));
  const data::coded clinical{"http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
                             "clinical-note", "Clinical Note"};
  made.set("category", json::array{data::concept_of(clinical, clinical.display)});
  made.set("subject", subject_of(content, "subject"));
  made.set("date", when);
  made.set("author", json::array{author});
  if (is_signed) {
    json::object authenticator{
        {"extension", json::array{json::object{{"valueDateTime", when},
                                               {"url",
                                                "http://open.epic.com/FHIR/StructureDefinition/extension/"
                                                "clinical-note-authentication-instant"}}}}};
    for (const auto& [key, member] : *author.if_object()) authenticator.set(key, member);
    made.set("authenticator", std::move(authenticator));
  }
  made.set(
      "custodian",
      json::object{{"identifier", json::object{{"system", "urn:ietf:rfc:3986"},
                                               {"value", "urn:oid:1.2.840.114350.1.13.0.1.7.3.688884.100"}}},
                   {"display", "FHIR Sandbox"}});
  const data::coded hidden{
      "http://terminology.hl7.org/CodeSystem/v3-ActCode", "NOPAT",
      "no disclosure to patient, family or caregivers without attending provider's authorization"};
  made.set("securityLabel", json::array{data::concept_of(hidden, hidden.display)});
  const std::string patient(id_of_reference(posted.string_at("subject.reference")));
  const std::string text = decode_base64(first_string(posted, "content.attachment.data")).value_or("");
  made.set(
      "content",
      json::array{attachment("text/html", file_binary(patient, "text/html", html_of(text), false, ids, now)),
                  attachment("text/rtf", file_binary(patient, "text/rtf", rtf_of(text), true, ids, now))});
  const std::string_view visit_reference = first_string(posted, "context.encounter.reference");
  const data::coded nurse{"urn:oid:1.2.840.114350.1.13.0.1.7.4.836982.1040", "3", "Registered Nurse"};
  json::object context{
      {"extension",
       json::array{json::object{
           {"valueCodeableConcept", data::concept_of(nurse, nurse.display)},
           {"url",
            "http://open.epic.com/FHIR/StructureDefinition/extension/clinical-note-author-provider-type"}}}},
      {"encounter", json::array{encounter_of(visit_reference)}}};
  if (const resource_ptr visit = store_.find(type_id::encounter, id_of_reference(visit_reference)))
    if (const std::string_view start = visit->value().string_at("period.start"); !start.empty())
      context.set("period", json::object{{"start", start}});
  made.set("context", std::move(context));
  return made;
}

}  // namespace epicenter::mock::fhir
