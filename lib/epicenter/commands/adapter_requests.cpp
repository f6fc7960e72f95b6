#include <epicenter/commands/adapter_requests.hpp>

namespace epicenter::commands {
namespace {

epic::coded coded_of(const entry* e) {
  if (e == nullptr) return {};
  return {std::string(e->code.system), std::string(e->code.code), std::string(e->code.display)};
}

template <class Order>
Order order_of(epic::write_request who, const entry& what, priority how_soon, const entry* indication) {
  Order made;
  made.who = std::move(who);
  made.loinc = what.code.code;
  made.display = what.code.display;
  made.priority = name_of(how_soon);
  if (indication != nullptr) made.indication = indication->code.display;
  return made;
}

epic_request request_for(const lab_order& o, epic::write_request who, const draft&) {
  return order_of<epic::lab_order>(std::move(who), *o.test, o.priority, o.indication);
}
epic_request request_for(const imaging_order& o, epic::write_request who, const draft&) {
  return order_of<epic::imaging_order>(std::move(who), *o.study, o.priority, o.indication);
}
epic_request request_for(const medication_order& o, epic::write_request who, const draft&) {
  epic::medication_order made;
  made.who = std::move(who);
  made.rxnorm = o.drug->code.code;
  made.display = o.drug->code.display;
  made.sig = sig_of(o);
  made.days = o.days.value_or(0);
  return made;
}
epic_request request_for(const allergy& a, epic::write_request who, const draft&) {
  epic::allergy made;
  made.who = std::move(who);
  made.substance = coded_of(a.substance);
  made.reaction = coded_of(a.reaction);
  if (a.severity) made.severity = name_of(*a.severity);
  return made;
}
epic_request request_for(const problem& p, epic::write_request who, const draft&) {
  epic::problem made;
  made.who = std::move(who);
  made.condition = coded_of(p.condition);
  return made;
}
epic_request request_for(const vital_sign& v, epic::write_request who, const draft& d) {
  epic::vital_sign made;
  made.who = std::move(who);
  made.loinc = v.what->code.code;
  made.display = v.what->code.display;
  made.taken_at = d.drafted_at;
  if (const auto* both = std::get_if<pressure>(&v.value)) {
    made.measured = epic::blood_pressure{both->systolic, both->diastolic};
    return made;
  }
  const auto& one = std::get<measure>(v.value);
  made.measured = epic::quantity{one.value, std::string(one.unit)};
  if (!one.said.empty()) made.note = "Converted from " + one.said;
  return made;
}
epic_request request_for(const note& n, epic::write_request who, const draft& d) {
  epic::note made;
  made.who = std::move(who);
  made.loinc = n.type->code.code;
  made.text = d.where.note_text;
  return made;
}

}  // namespace

epic_request request_of(const draft& what) {
  epic::write_request who;
  who.operation = what.operation;
  who.patient = what.where.patient.id;
  who.encounter = what.where.encounter;
  who.user = what.where.user;
  return std::visit([&](const auto& one) { return request_for(one, who, what); }, what.what);
}

}  // namespace epicenter::commands
