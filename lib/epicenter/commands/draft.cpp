#include <epicenter/commands/canonical.hpp>
#include <epicenter/commands/planned_resource.hpp>
#include <epicenter/epic/write_parts.hpp>
#include <epicenter/fhir/reference.hpp>

namespace epicenter::commands {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<errc>(value)) {
    case errc::no_patient:
      return "No patient is open";
    case errc::no_identifiers:
      return "The patient cannot be read back by two identifiers";
    case errc::no_encounter:
      return "No encounter is open";
    case errc::no_user:
      return "It is not known who asks";
    case errc::no_text:
      return "No note was dictated";
    case errc::unfaithful:
      return "What would be filed does not say what was asked for";
  }
  return "unknown error of a command";
}

std::string_view display_of(const entry& e) {
  return e.code.display;
}

std::string order_words(const entry& what, priority how_soon, const entry* indication) {
  std::string text = "Order, ";
  text.append(name_of(how_soon)).append(": ").append(display_of(what));
  if (indication != nullptr) text.append(", for ").append(display_of(*indication));
  return text;
}
std::string words_for(const lab_order& o) {
  return order_words(*o.test, o.priority, o.indication);
}
std::string words_for(const imaging_order& o) {
  return order_words(*o.study, o.priority, o.indication);
}
std::string words_for(const medication_order& o) {
  return "Start " + std::string(display_of(*o.drug)) + ", " + sig_of(o);
}
std::string words_for(const allergy& a) {
  std::string text = "Add an allergy: ";
  text += display_of(*a.substance);
  if (a.reaction == nullptr) return text;
  text += ", reaction ";
  text += display_of(*a.reaction);
  if (a.severity) text.append(", ").append(name_of(*a.severity));
  return text;
}
std::string words_for(const problem& p) {
  return "Add to the problem list, provisional: " + std::string(display_of(*p.condition));
}
std::string words_for(const vital_sign& v) {
  std::string text = "Record " + std::string(name_of(*v.what)) + ' ';
  if (const auto* both = std::get_if<pressure>(&v.value)) {
    return text + std::to_string(both->systolic) + " over " + std::to_string(both->diastolic) +
           " millimeters of mercury";
  }
  const auto& one = std::get<measure>(v.value);
  text.append(one.value).append(" ").append(rule_of(*v.what)->label);
  if (!one.said.empty()) text.append(", converted from ").append(one.said);
  return text;
}
std::string words_for(const note& n) {
  return "File the dictated text as a draft: " + std::string(display_of(*n.type));
}

}  // namespace

std::error_code make_error_code(errc code) {
  static const error_sentences category{"commands", sentence_of};
  return {static_cast<int>(code), category};
}

std::string identified(const patient_identity& who) {
  std::string text = who.name;
  int known = who.name.empty() ? 0 : 1;
  const auto add = [&](std::string_view label, const std::string& value) {
    if (value.empty() || known == 2) return;
    if (!text.empty()) text += ", ";
    text.append(label).append(value);
    ++known;
  };
  add("born ", who.birth_date);
  add("record number ", who.record_number);
  return known == 2 ? text : std::string();
}

std::string described(const write_intent& what) {
  return std::visit([](const auto& one) { return words_for(one); }, what);
}

std::string sha256_of(const draft& of) {
  return epic::hash_of({of.operation, of.read_back, canonical(of.resource)});
}

result<draft> make_draft(write_intent what, session_context where, std::string operation, wall_time now) {
  if (!fhir::is_id(where.patient.id)) return fail(errc::no_patient);
  if (!fhir::is_id(where.encounter)) return fail(errc::no_encounter);
  if (!fhir::is_id(where.user)) return fail(errc::no_user);
  const std::string who = identified(where.patient);
  if (who.empty()) return fail(errc::no_identifiers);
  if (std::holds_alternative<note>(what) && where.note_text.empty()) return fail(errc::no_text);
  draft made{std::move(operation), std::move(what), std::move(where), now};
  auto planned = planned_resource(made);
  if (!planned) return fail(std::move(planned.error()));
  if (!says_what_was_asked(*planned, made)) return fail(errc::unfaithful);
  made.resource = std::move(*planned);
  made.read_back = who + ". " + described(made.what) + ". Say confirm to file it, or cancel.";
  made.sha256 = sha256_of(made);
  return made;
}

}  // namespace epicenter::commands
