#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <epicenter/json/write.hpp>

#include "mock-epic/bulk/export_job.hpp"
#include "mock-epic/data/opaque_id.hpp"
#include "mock-epic/fhir/operations/handlers.hpp"
#include "mock-epic/fhir/operations/searchset.hpp"
#include "mock-epic/fhir/served.hpp"
#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock::fhir {
namespace {

/// A section of the International Patient Summary (hl7.org/fhir/uv/ips, Composition-uv-ips).
struct section {
  std::string_view title;
  std::string_view loinc;
  std::string_view display;
  type_id type;
  std::string_view category;  ///< a code that the resource must carry, or empty
  bool required;              ///< there with a reason where it is empty
};
constexpr auto sections = std::to_array<section>({
    {"Problems", "11450-4", "Problem list - Reported", type_id::condition, "", true},
    {"Allergies and Intolerances", "48765-2", "Allergies and adverse reactions Document",
     type_id::allergy_intolerance, "", true},
    {"Medication Summary", "10160-0", "History of Medication use Narrative", type_id::medication_request, "",
     true},
    {"Immunizations", "11369-6", "History of Immunization Narrative", type_id::immunization, "", false},
    {"Procedures", "47519-4", "History of Procedures Document", type_id::procedure, "", false},
    {"Results", "30954-2", "Relevant diagnostic tests/laboratory data Narrative", type_id::observation,
     "laboratory", false},
    {"Vital Signs", "8716-3", "Vital signs", type_id::observation, "vital-signs", false},
});
constexpr std::size_t max_entries = 100;  // of a section: a summary, not the chart

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      out += c;
    }
  }
  return out;
}

json::value narrative(const std::vector<std::string>& lines) {
  std::string div = R"(<div xmlns="http://www.w3.org/1999/xhtml"><ul>)";
  for (const std::string& line : lines) div += "<li>" + escape(line) + "</li>";
  return json::object{{"status", "generated"}, {"div", div + "</ul></div>"}};
}

json::value concept_of(std::string_view system, std::string_view code, std::string_view display) {
  json::array codings;
  codings.emplace_back(json::object{{"system", system}, {"code", code}, {"display", display}});
  return json::object{{"coding", std::move(codings)}};
}

std::string title_of(const resource& r) {
  for (const std::string_view path :
       {"code.text", "code.coding.display", "medicationCodeableConcept.text", "medicationReference.display",
        "medicationCodeableConcept.coding.display", "vaccineCode.text", "vaccineCode.coding.display"})
    if (const std::string_view text = first_string(r.value(), path); !text.empty()) return std::string(text);
  return std::string(name_of(r.type()));
}

bool belongs(const resource& r, const section& wanted) {
  if (r.type() != wanted.type) return false;
  return wanted.category.empty() || walk(r.value(), "category.coding.code", [&](const json::value& code) {
           return code.if_string() && *code.if_string() == wanted.category;
         });
}

json::value write_section(const section& wanted, const hits& entries) {
  json::object made{{"title", wanted.title},
                    {"code", concept_of("http://loinc.org", wanted.loinc, wanted.display)}};
  std::vector<std::string> lines;
  json::array references;
  for (const resource_ptr& one : entries) {
    lines.push_back(title_of(*one));
    references.emplace_back(json::object{{"reference", std::string(name_of(one->type())) + "/" + one->id()}});
  }
  if (lines.empty()) lines.emplace_back("No information available");
  made.set("text", narrative(lines));
  if (references.empty()) {
    made.set("emptyReason", concept_of("http://terminology.hl7.org/CodeSystem/list-empty-reason",
                                       "unavailable", "Unavailable"));
  } else {
    made.set("entry", std::move(references));
  }
  return made;
}

json::value author_of(const std::string& id) {
  json::array names;
  names.emplace_back(json::object{{"name", "Epicenter mock Epic"}, {"type", "user-friendly-name"}});
  json::object made{{"resourceType", "Device"}, {"id", id}};
  made.set("deviceName", std::move(names));
  return made;
}

json::object start_composition(const std::string& id, const resource& patient, const std::string& author,
                               const std::string& date) {
  json::object made{{"resourceType", "Composition"}, {"id", id}};
  made.set("meta", json::object{{"profile", json::array{"http://hl7.org/fhir/uv/ips/StructureDefinition/"
                                                        "Composition-uv-ips"}}});
  made.set("status", "final");
  made.set("type", concept_of("http://loinc.org", "60591-5", "Patient summary Document"));
  made.set("subject", json::object{{"reference", "Patient/" + patient.id()}});
  made.set("date", date);
  json::array authors;
  authors.emplace_back(json::object{{"reference", "urn:uuid:" + author}});
  made.set("author", std::move(authors));
  made.set("title", "International Patient Summary");
  return made;
}

void add_entry(std::string& out, std::string_view url, std::string_view text) {
  out += out.ends_with('[') ? "" : ",";
  out += R"({"fullUrl":)" + json::quote(url) + R"(,"resource":)";
  out += text;
  out += '}';
}

}  // namespace

answer run_summary(const call& c, operation_world& world) {
  const auto input = read_input(c);
  if (!input) return input.error();
  if (auto refused = refuse_unknown(c, *input, {})) return std::move(*refused);
  const auto patient = patient_of(c, world.store, c.asked.id);
  if (!patient) return patient.error();
  const std::string id = data::make_uuid(world.uuids);
  const std::string author = data::make_uuid(world.uuids);
  const std::string date = bulk::format_milliseconds(c.at.wall);
  json::object composition = start_composition(id, **patient, author, date);
  json::array written;
  hits shown;
  const hits chart = world.store.chart_of((*patient)->id());
  for (const section& one : sections) {
    hits entries;
    for (const resource_ptr& r : chart)
      if (entries.size() < max_entries && r->searchable() && belongs(*r, one) && may_show(c, *r))
        entries.push_back(r);
    if (!entries.empty() || one.required) written.push_back(write_section(one, entries));
    shown.insert(shown.end(), entries.begin(), entries.end());
  }
  composition.set("section", std::move(written));
  std::string out = R"({"resourceType":"Bundle","meta":{"profile":[)"
                    R"("http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips"]},)"
                    R"("identifier":{"system":"urn:ietf:rfc:3986","value":"urn:uuid:)" +
                    data::make_uuid(world.uuids) + R"("},"type":"document","timestamp":")" + date +
                    R"(","entry":[)";
  add_entry(out, "urn:uuid:" + id, json::write(json::value(std::move(composition))));
  add_entry(out, c.base + "/Patient/" + (*patient)->id(), served_text(**patient, world.orders));
  add_entry(out, "urn:uuid:" + author, json::write(author_of(author)));
  for (const resource_ptr& one : shown)
    add_entry(out, fmt::format("{}/{}/{}", c.base, name_of(one->type()), one->id()),
              served_text(*one, world.orders));
  out += "]}";
  return answer_fhir(200, std::move(out), "");
}

}  // namespace epicenter::mock::fhir
