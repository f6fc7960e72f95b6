// Orders: a ServiceRequest or a MedicationRequest in the requester's name.
#include <epicenter/epic/fhir_time.hpp>
#include <epicenter/epic/write_content.hpp>

namespace epicenter::epic {
namespace {

constexpr std::size_t max_indication = 256;
constexpr std::size_t max_sig = 1000;
constexpr std::size_t max_display_bytes = 256;
constexpr unsigned max_days = 366;

// Laboratory and imaging orders differ in their category alone.
template <class Order>
result<write_content> service_request(const Order& order, std::string_view category_code,
                                      std::string_view category_name, const content_rules& rules) {
  const auto& who = order.who;
  if (auto checked = check_who(who); !checked) return fail(std::move(checked.error()));
  if (!is_loinc(order.loinc)) return fail(errc::invalid_argument, "the order has no LOINC code");
  if (order.display.size() > max_display_bytes)
    return fail(errc::invalid_argument, "the display is too long");
  if (auto checked = check_priority(order.priority); !checked) return fail(std::move(checked.error()));
  if (auto checked = check_text(order.indication, max_indication, "the indication"); !checked)
    return fail(std::move(checked.error()));
  const auto kind = kind_of(order);
  json::object made{
      {"resourceType", "ServiceRequest"},
      {"identifier", identifiers_of(rules.identifier_system, who)},
      {"status", "active"},
      {"intent", "order"},
      {"priority", order.priority},
      {"category", list_of(concept_of(snomed_system, category_code, category_name))},
      {"code", concept_of(loinc_system, order.loinc, order.display)},
      {"subject", reference_to("Patient", who.patient)},
      {"encounter", reference_to("Encounter", who.encounter)},
      {"authoredOn", format_fhir_time(rules.now, rules.zone)},
      {"requester", user_of(who)},
  };
  if (!order.indication.empty()) made.set("reasonCode", list_of(text_of(order.indication)));
  return write_content{kind, json::value(std::move(made)),
                       hash_of({name_of(kind), who.patient, who.encounter, who.user, order.loinc,
                                order.display, order.priority, order.indication})};
}

}  // namespace

result<write_content> content_of(const lab_order& order, const content_rules& rules) {
  return service_request(order, "108252007", "Laboratory procedure", rules);
}

result<write_content> content_of(const imaging_order& order, const content_rules& rules) {
  return service_request(order, "363679005", "Imaging", rules);
}

result<write_content> content_of(const medication_order& order, const content_rules& rules) {
  const auto& who = order.who;
  if (auto checked = check_who(who); !checked) return fail(std::move(checked.error()));
  if (!is_number(order.rxnorm)) return fail(errc::invalid_argument, "the order has no RxNorm code");
  const coded drug{std::string(rxnorm_system), order.rxnorm, order.display};
  if (auto checked = check_coded(drug, {rxnorm_system}, "the medication"); !checked)
    return fail(std::move(checked.error()));
  if (order.sig.empty()) return fail(errc::invalid_argument, "the order does not say how to take it");
  if (auto checked = check_text(order.sig, max_sig, "the sig"); !checked)
    return fail(std::move(checked.error()));
  if (auto checked = check_priority(order.priority); !checked) return fail(std::move(checked.error()));
  if (order.days > max_days) return fail(errc::invalid_argument, "the supply is for more than a year");
  const std::string days = std::to_string(order.days);
  json::object made{
      {"resourceType", "MedicationRequest"},
      {"identifier", identifiers_of(rules.identifier_system, who)},
      {"status", "active"},
      {"intent", "order"},
      {"priority", order.priority},
      {"medicationCodeableConcept", concept_of(rxnorm_system, order.rxnorm, order.display)},
      {"subject", reference_to("Patient", who.patient)},
      {"encounter", reference_to("Encounter", who.encounter)},
      {"authoredOn", format_fhir_time(rules.now, rules.zone)},
      {"requester", user_of(who)},
      {"dosageInstruction", list_of(text_of(order.sig))},
  };
  if (order.days > 0) {
    json::object supply{
        {"value", json::number{days}}, {"unit", "days"}, {"system", ucum_system}, {"code", "d"}};
    made.set("dispenseRequest", json::object{{"expectedSupplyDuration", std::move(supply)}});
  }
  return write_content{operation_kind::order_medication, json::value(std::move(made)),
                       hash_of({"order_medication", who.patient, who.encounter, who.user, order.rxnorm,
                                order.display, order.sig, order.priority, days})};
}

}  // namespace epicenter::epic
