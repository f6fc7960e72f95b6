#include <epicenter/commands/grammar.hpp>

namespace epicenter::commands::grammar {
namespace {

priority take_priority(cursor& at) {
  if (at.accept("stat")) return priority::stat;
  if (at.accept("urgent")) return priority::urgent;
  (void)at.accept("routine");
  return priority::routine;
}

constexpr std::string_view forms_of(std::string_view form) {
  return form == "tablet" ? "tablet|tablets|tab|tabs" : "capsule|capsules|cap|caps";
}

std::string strengths_of(const std::vector<const entry*>& drugs) {
  std::string list;
  for (const auto* one : drugs)
    list.append(list.empty() ? "" : ", ").append(one->strength).append(" ").append(one->unit);
  return list;
}

std::string unit_words(std::string_view unit) {
  return unit == "mg" ? "mg|milligrams|milligram|mgs" : std::string(unit);
}

misunderstanding which_strength(const cursor& at, std::size_t name, const std::vector<const entry*>& drugs) {
  misunderstanding answer;
  answer.kind = misunderstanding_kind::incomplete;
  answer.say = "Which strength? There is " + strengths_of(drugs) + ".";
  for (const auto* one : drugs) {
    std::string text = joined(at.before()) + ' ' + joined(at.rest().first(name)) + ' ' +
                       std::string(one->strength) + ' ' + std::string(one->unit);
    const auto after = at.rest().subspan(name);
    if (!after.empty()) answer.choices.push_back(text + ' ' + joined(after));
  }
  return answer;
}

// The drug, by name, strength and form.
bool take_drug(const lexicon& known, cursor& at, const entry*& drug, misunderstanding& why) {
  const auto match = known.longest(topic::drug, at.rest());
  if (match.words == 0) {
    why = unknown(known, at, {topic::drug}, "drug");
    return false;
  }
  cursor after = at;
  after.skip(match.words);
  const auto strength = after.accept_number();
  if (!strength) {
    why = which_strength(at, match.words, match.candidates);
    return false;
  }
  std::vector<const entry*> fitting;
  for (const auto* one : match.candidates) {
    if (one->strength == *strength) fitting.push_back(one);
  }
  if (fitting.empty()) {
    why = {misunderstanding_kind::out_of_range,
           "There is no " + joined(at.rest().first(match.words)) + ' ' + *strength + ". There is " +
               strengths_of(match.candidates) + ".",
           {}};
    return false;
  }
  if (!after.accept_listed(unit_words(fitting.front()->unit))) {
    why = incomplete("Which unit? " + std::string(fitting.front()->unit) + " must be said.");
    return false;
  }
  std::vector<const entry*> of_form;
  for (const auto* one : fitting) {
    cursor probe = after;
    if (probe.accept_listed(forms_of(one->form))) of_form.push_back(one);
  }
  if (!of_form.empty()) {
    fitting = of_form;
    (void)after.accept_listed(forms_of(fitting.front()->form));
  }
  if (fitting.size() != 1) {
    why = incomplete("In which form? There are several of that strength.");
    return false;
  }
  drug = fitting.front();
  at = after;
  return true;
}

}  // namespace

parsed order(const lexicon& known, cursor& at) {
  const priority how_soon = take_priority(at);
  const auto lab = known.longest(topic::lab, at.rest());
  const auto imaging = known.longest(topic::imaging, at.rest());
  if (lab.words == 0 && imaging.words == 0)
    return unknown(known, at, {topic::lab, topic::imaging}, "test or study");
  const bool is_lab = lab.words >= imaging.words;
  misunderstanding why;
  const entry* what = nullptr;
  if (!take(known, is_lab ? topic::lab : topic::imaging, at, "test or study", what, why)) return why;
  const entry* indication = nullptr;
  if (at.accept("for") && !take(known, topic::condition, at, "indication", indication, why)) return why;
  if (!at.done()) return left_over(at);
  if (is_lab) return command(write_intent(lab_order{what, how_soon, indication}));
  return command(write_intent(imaging_order{what, how_soon, indication}));
}

parsed medication(const lexicon& known, cursor& at) {
  medication_order order;
  misunderstanding why;
  if (!take_drug(known, at, order.drug, why)) return why;
  (void)at.accept_any({"by mouth", "orally", "po", "oral"});
  if (at.done()) return incomplete("How often? For instance: daily, twice daily, every 8 hours.");
  if (!take(known, topic::frequency, at, "frequency", order.frequency, why)) return why;
  order.as_needed = at.accept_any({"as needed", "prn"});
  if (at.accept("for")) {
    const auto count = at.accept_count(1, 365);
    unsigned unit = 0;
    if (at.accept_any({"days", "day"}))
      unit = 1;
    else if (at.accept_any({"weeks", "week"}))
      unit = 7;
    if (!count || unit == 0) return incomplete("For how long? For instance: for 10 days.");
    if (*count * unit > 365)
      return misunderstanding{
          misunderstanding_kind::out_of_range, "At most 365 days are ordered at once.", {}};
    order.days = *count * unit;
  }
  if (!at.done()) return left_over(at);
  return command(write_intent(order));
}

}  // namespace epicenter::commands::grammar
