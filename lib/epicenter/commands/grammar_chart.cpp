#include <epicenter/commands/grammar.hpp>

namespace epicenter::commands::grammar {
namespace {

std::optional<severity> take_severity(cursor& at) {
  if (at.accept("mild")) return severity::mild;
  if (at.accept("moderate")) return severity::moderate;
  if (at.accept("severe")) return severity::severe;
  return std::nullopt;
}

misunderstanding out_of_range(std::string_view what, std::string_view bounds) {
  return {misunderstanding_kind::out_of_range,
          std::string(what) + " must be " + std::string(bounds) + ". Nothing was recorded.",
          {}};
}

parsed pressure_value(const entry& what, cursor& at) {
  const auto systolic = at.accept_number();
  if (!systolic) return incomplete("Which blood pressure? For instance: 120 over 80.");
  if (!at.accept("over")) return incomplete("A blood pressure is two numbers, for instance: 120 over 80.");
  const auto diastolic = at.accept_number();
  if (!diastolic) return incomplete("A blood pressure is two numbers, for instance: 120 over 80.");
  (void)at.accept_any({"mmhg", "mm hg", "millimeters of mercury"});
  if (!at.done()) return left_over(at);
  const auto made = pressure_of(*systolic, *diastolic);
  if (const auto* value = std::get_if<pressure>(&made))
    return command(write_intent(vital_sign{&what, *value}));
  return out_of_range("A blood pressure",
                      "whole numbers, systolic 40 to 300 over diastolic 20 to 200, and the first the larger");
}

std::string_view first_of(std::string_view phrases) {
  return phrases.substr(0, phrases.find('|'));
}

misunderstanding which_unit(const cursor& at, std::string_view digits, const vital_rule& rule) {
  misunderstanding answer;
  answer.kind = misunderstanding_kind::ambiguous;
  answer.say = "In which unit?";
  for (const auto& unit : rule.units) {
    const auto made = measured(rule, digits, &unit);
    if (!std::holds_alternative<measure>(made)) continue;
    answer.choices.push_back(joined(at.before()) + ' ' + std::string(first_of(unit.phrases)));
  }
  const auto* both = double_unit_of(rule);
  const bool feet = both != nullptr && both->minor_may_be_silent &&
                    std::holds_alternative<measure>(measured_double(rule, *both, digits, {}));
  if (feet) answer.choices.push_back(joined(at.before()) + ' ' + std::string(first_of(both->phrases)));
  return answer;
}

// «five foot seven», «5 feet 11 inches», «7 pounds 8 ounces», «6 feet». Nothing is taken where that does not
// come next.
std::optional<std::variant<measure, measure_errc>> take_double(const vital_rule& rule, cursor& at) {
  const auto* unit = double_unit_of(rule);
  cursor after = at;
  const auto greater = after.accept_number();
  if (unit == nullptr || !greater || !after.accept_listed(unit->phrases)) return std::nullopt;
  cursor joined_on = after;
  const bool goes_on = joined_on.accept("and") && !joined_on.done() && joined_on.rest().front().is_number;
  if (goes_on) after = joined_on;
  const auto lesser = after.accept_number();
  const bool named = lesser && after.accept_listed(unit->minor_phrases);
  if (!named && !unit->minor_may_be_silent) return std::nullopt;
  at = after;
  return measured_double(rule, *unit, *greater, lesser.value_or(std::string()));
}

std::string double_bounds(const vital_rule& rule) {
  const auto* unit = double_unit_of(rule);
  return bounds_of(rule) + ", said as whole " + std::string(first_of(unit->phrases)) + " and less than " +
         std::to_string(unit->minors) + ' ' + std::string(first_of(unit->minor_phrases));
}

parsed measured_value(const entry& what, cursor& at) {
  const vital_rule* rule = rule_of(what);
  if (rule == nullptr) return incomplete("That vital sign cannot be recorded by voice.");
  if (const auto both = take_double(*rule, at)) {
    if (!at.done()) return left_over(at);
    if (const auto* value = std::get_if<measure>(&*both))
      return command(write_intent(vital_sign{&what, *value}));
    return out_of_range("A " + std::string(name_of(what)), double_bounds(*rule));
  }
  const auto digits = at.accept_number();
  if (!digits) return incomplete("Which value?");
  const unit_rule* unit = nullptr;
  for (const auto& one : rule->units) {
    if (unit == nullptr && at.accept_listed(one.phrases)) unit = &one;
  }
  if (!at.done() && !(unit == nullptr && at.accept("degrees") && at.done())) return left_over(at);
  const auto made = measured(*rule, *digits, unit);
  if (const auto* value = std::get_if<measure>(&made))
    return command(write_intent(vital_sign{&what, *value}));
  const std::string name(name_of(what));
  switch (std::get<measure_errc>(made)) {
    case measure_errc::unit_missing: {
      auto answer = which_unit(at, *digits, *rule);
      if (!answer.choices.empty()) return answer;
      break;
    }
    case measure_errc::not_whole:
      return out_of_range("A " + name, "a whole number");
    case measure_errc::out_of_range:
      break;
  }
  return out_of_range("A " + name, bounds_of(*rule));
}

}  // namespace

parsed allergy(const lexicon& known, cursor& at) {
  commands::allergy made;
  misunderstanding why;
  if (!at.accept("to")) return incomplete("An allergy to what? For instance: add allergy to penicillin.");
  if (!take(known, topic::substance, at, "substance", made.substance, why)) return why;
  if (at.accept("with")) {
    made.severity = take_severity(at);
    if (!take(known, topic::reaction, at, "reaction", made.reaction, why)) return why;
  }
  if (!at.done() && !made.severity) made.severity = take_severity(at);
  if (!at.done()) return left_over(at);
  if (made.severity && made.reaction == nullptr)
    return incomplete("Which reaction was " + std::string(name_of(*made.severity)) +
                      "? For instance: with severe hives.");
  return command(write_intent(made));
}

parsed problem(const lexicon& known, cursor& at) {
  commands::problem made;
  misunderstanding why;
  if (!take(known, topic::condition, at, "problem", made.condition, why)) return why;
  if (!at.done()) return left_over(at);
  return command(write_intent(made));
}

parsed vital(const lexicon& known, cursor& at) {
  const entry* what = nullptr;
  misunderstanding why;
  if (!take(known, topic::vital, at, "vital sign", what, why)) return why;
  (void)at.accept("of");
  if (rule_of(*what) == nullptr) return pressure_value(*what, at);
  return measured_value(*what, at);
}

parsed note(const lexicon& known, cursor& at) {
  commands::note made;
  misunderstanding why;
  if (at.accept("note") && at.done()) {
    why = {misunderstanding_kind::ambiguous, "Which type of note?", {}};
    for (const auto* one : known.entries(topic::note_type))
      why.choices.push_back("file " + joined(*words_of(name_of(*one))));
    return why;
  }
  if (!take(known, topic::note_type, at, "type of note", made.type, why)) return why;
  if (!at.done()) return left_over(at);
  return command(write_intent(made));
}

}  // namespace epicenter::commands::grammar
