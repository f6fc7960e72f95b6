#include <fmt/format.h>

#include <array>
#include <epicenter/commands/command.hpp>

namespace epicenter::commands {
namespace {

constexpr std::array<std::string_view, 8> target_names{
    "labs", "vitals", "allergies", "problems", "medications", "notes", "immunizations", "encounters"};

std::string order_text(const entry& what, priority how_soon, const entry* indication) {
  std::string text = "order ";
  if (how_soon != priority::routine) text.append(name_of(how_soon)).append(" ");
  text += name_of(what);
  if (indication != nullptr) text.append(" for ").append(name_of(*indication));
  return text;
}

std::string text_of(const lab_order& o) {
  return order_text(*o.test, o.priority, o.indication);
}
std::string text_of(const imaging_order& o) {
  return order_text(*o.study, o.priority, o.indication);
}
std::string text_of(const medication_order& o) {
  std::string text = fmt::format("start {} {} {} {} {}", name_of(*o.drug), o.drug->strength, o.drug->unit,
                                 o.drug->form, name_of(*o.frequency));
  if (o.as_needed) text += " as needed";
  if (o.days) text += fmt::format(" for {} days", *o.days);
  return text;
}
std::string text_of(const allergy& a) {
  std::string text = fmt::format("add allergy to {}", name_of(*a.substance));
  if (a.reaction == nullptr) return text;
  text += " with ";
  if (a.severity) text.append(name_of(*a.severity)).append(" ");
  return text.append(name_of(*a.reaction));
}
std::string text_of(const problem& p) {
  return fmt::format("add problem {}", name_of(*p.condition));
}
std::string text_of(const vital_sign& v) {
  if (const auto* both = std::get_if<pressure>(&v.value))
    return fmt::format("record {} {} over {}", name_of(*v.what), both->systolic, both->diastolic);
  const auto& one = std::get<measure>(v.value);
  if (!one.said.empty()) return fmt::format("record {} {}", name_of(*v.what), one.said);
  const vital_rule* rule = rule_of(*v.what);
  const auto& phrases = rule->units.front().phrases;
  return fmt::format("record {} {} {}", name_of(*v.what), one.value, phrases.substr(0, phrases.find('|')));
}
std::string text_of(const note& n) {
  return fmt::format("file {}", name_of(*n.type));
}

std::string text_of(const read_intent& r) {
  std::string text = "show ";
  const bool one = r.only != nullptr;
  if (r.newest) text += fmt::format("last {} ", *r.newest);
  if (r.active_only) text += "active ";
  text += one ? name_of(*r.only) : target_names.at(static_cast<std::size_t>(r.target));
  if (r.trend) text += " trend";
  if (r.days) text += fmt::format(" for {} days", *r.days);
  return text;
}
std::string text_of(const write_intent& w) {
  return std::visit([](const auto& one) { return text_of(one); }, w);
}
std::string text_of(control c) {
  constexpr std::array<std::string_view, 5> names{"confirm", "cancel", "repeat", "undo", "more"};
  return std::string(names.at(static_cast<std::size_t>(c)));
}
std::string text_of(const choice& c) {
  return fmt::format("number {}", c.number);
}

}  // namespace

std::string_view resource_type_of(const read_intent& r) {
  constexpr std::array<std::string_view, 8> types{"Observation",  "Observation",       "AllergyIntolerance",
                                                  "Condition",    "MedicationRequest", "DocumentReference",
                                                  "Immunization", "Encounter"};
  return types.at(static_cast<std::size_t>(r.target));
}

std::string_view name_of(priority p) {
  constexpr std::array<std::string_view, 3> names{"routine", "urgent", "stat"};
  return names.at(static_cast<std::size_t>(p));
}

std::string_view name_of(severity s) {
  constexpr std::array<std::string_view, 3> names{"mild", "moderate", "severe"};
  return names.at(static_cast<std::size_t>(s));
}

std::string sig_of(const medication_order& o) {
  std::string text = fmt::format("{} {} by mouth {}", o.drug->strength, o.drug->unit, name_of(*o.frequency));
  if (o.as_needed) text += " as needed";
  if (o.days) text += fmt::format(" for {} days", *o.days);
  return text;
}

std::string_view kind_of(const write_intent& w) {
  constexpr std::array<std::string_view, 7> kinds{"order_lab",   "order_imaging", "order_medication",
                                                  "add_allergy", "add_problem",   "record_vitals",
                                                  "file_note"};
  return kinds.at(w.index());
}

std::string spoken(const command& c) {
  return std::visit([](const auto& one) { return text_of(one); }, c);
}

}  // namespace epicenter::commands
