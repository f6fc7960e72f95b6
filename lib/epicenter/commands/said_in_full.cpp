// Whether a resource says what a command asked for.
#include <algorithm>
#include <epicenter/commands/planned_resource.hpp>
#include <epicenter/epic/digest.hpp>

namespace epicenter::commands {
namespace {

/// One thing that was asked for: what must stand at the path. Empty: nothing may stand there.
struct part {
  std::string path;
  std::string text;
};
using parts = std::vector<part>;

void add_coding(parts& to, const std::string& path, const coding& c) {
  to.push_back({path + ".coding.0.system", std::string(c.system)});
  to.push_back({path + ".coding.0.code", std::string(c.code)});
  to.push_back({path + ".coding.0.display", std::string(c.display)});
}

parts parts_of_order(const entry& what, priority how_soon, const entry* indication) {
  parts made;
  add_coding(made, "code", what.code);
  made.push_back({"priority", std::string(name_of(how_soon))});
  const std::string_view why = indication == nullptr ? std::string_view() : indication->code.display;
  made.push_back({"reasonCode.0.text", std::string(why)});
  return made;
}

parts parts_of(const lab_order& o, const draft&) {
  return parts_of_order(*o.test, o.priority, o.indication);
}
parts parts_of(const imaging_order& o, const draft&) {
  return parts_of_order(*o.study, o.priority, o.indication);
}
parts parts_of(const medication_order& o, const draft&) {
  parts made;
  add_coding(made, "medicationCodeableConcept", o.drug->code);
  made.push_back({"dosageInstruction.0.text", sig_of(o)});
  made.push_back(
      {"dispenseRequest.expectedSupplyDuration.value", o.days ? std::to_string(*o.days) : std::string()});
  return made;
}
parts parts_of(const allergy& a, const draft&) {
  parts made;
  add_coding(made, "code", a.substance->code);
  if (a.reaction == nullptr)
    made.push_back({"reaction", {}});
  else
    add_coding(made, "reaction.0.manifestation.0", a.reaction->code);
  made.push_back({"reaction.0.severity", a.severity ? std::string(name_of(*a.severity)) : std::string()});
  return made;
}
parts parts_of(const problem& p, const draft&) {
  parts made;
  add_coding(made, "code", p.condition->code);
  return made;
}
parts parts_of(const vital_sign& v, const draft&) {
  parts made;
  add_coding(made, "code", v.what->code);
  if (const auto* both = std::get_if<pressure>(&v.value)) {
    made.push_back({"component.0.code.coding.0.code", "8480-6"});
    made.push_back({"component.0.valueQuantity.value", std::to_string(both->systolic)});
    made.push_back({"component.1.code.coding.0.code", "8462-4"});
    made.push_back({"component.1.valueQuantity.value", std::to_string(both->diastolic)});
    return made;
  }
  const auto& one = std::get<measure>(v.value);
  made.push_back({"valueQuantity.value", one.value});
  made.push_back({"valueQuantity.code", std::string(one.unit)});
  made.push_back({"note.0.text", one.said.empty() ? std::string() : "Converted from " + one.said});
  return made;
}
parts parts_of(const note& n, const draft& d) {
  return {{"type.coding.0.code", std::string(n.type->code.code)},
          {"content.0.attachment.data", epic::base64(d.where.note_text)},
          {"docStatus", "preliminary"}};
}

// Epic takes no encounter with what waits for reconciliation, and the adapter sends none.
void add_where(parts& to, const write_intent& what, const session_context& where) {
  const bool reconciled = std::holds_alternative<allergy>(what) || std::holds_alternative<problem>(what);
  to.push_back({std::holds_alternative<allergy>(what) ? "patient.reference" : "subject.reference",
                "Patient/" + where.patient.id});
  if (reconciled) return;
  to.push_back({std::holds_alternative<note>(what) ? "context.encounter.0.reference" : "encounter.reference",
                "Encounter/" + where.encounter});
}

bool holds(const json::value& resource, const part& one) {
  const json::value* found = resource.at_path(one.path);
  if (one.text.empty()) return found == nullptr;
  if (found == nullptr) return false;
  if (const auto number = found->if_number()) return number->text == one.text;
  return found->is_string() && *found->if_string() == one.text;
}

}  // namespace

bool says_what_was_asked(const json::value& resource, const draft& of) {
  auto wanted = std::visit([&](const auto& one) { return parts_of(one, of); }, of.what);
  add_where(wanted, of.what, of.where);
  return std::all_of(wanted.begin(), wanted.end(), [&](const part& one) { return holds(resource, one); });
}

}  // namespace epicenter::commands
