#include <array>
#include <epicenter/commands/grammar.hpp>

namespace epicenter::commands::grammar {
namespace {

struct target_words {
  read_target target;
  std::string_view many;  ///< said of all of them
  std::string_view one;   ///< said of a single one
};
constexpr std::array<target_words, 8> targets{{
    {read_target::labs, "labs|lab results|laboratory results|laboratories", ""},
    {read_target::vitals, "vitals|vital signs", ""},
    {read_target::allergies, "allergies|allergy list", ""},
    {read_target::problems, "problems|problem list", ""},
    {read_target::medications, "medications|meds|medication list|medicines", ""},
    {read_target::notes, "notes", "note"},
    {read_target::immunizations, "immunizations|immunisations|vaccines|vaccinations", "immunization|vaccine"},
    {read_target::encounters, "encounters|visits", "encounter|visit"},
}};

struct recency {
  bool latest = false;  ///< «latest», «last»
  std::optional<unsigned> count;
  bool active = false;
};

recency take_recency(cursor& at) {
  recency said;
  if (at.accept("all")) return said;
  if (at.accept_any({"active", "current"})) {
    said.active = true;
  } else if (at.accept_any({"latest", "last", "most recent"})) {
    said.latest = true;
    said.count = at.accept_count(1, 100);
  }
  return said;
}

// A list that is only safe as a whole: the last allergy is not the allergies.
bool is_whole_list(read_target target) {
  return target == read_target::allergies || target == read_target::problems ||
         target == read_target::medications;
}

bool take_span(cursor& at, std::optional<unsigned>& days) {
  (void)at.accept_any({"last", "past"});
  const unsigned count = at.accept_count(1, 3660).value_or(1);
  unsigned unit = 0;
  if (at.accept_any({"days", "day"}))
    unit = 1;
  else if (at.accept_any({"weeks", "week"}))
    unit = 7;
  else if (at.accept_any({"months", "month"}))
    unit = 30;
  else if (at.accept_any({"years", "year"}))
    unit = 365;
  if (unit == 0 || count * unit > 3660) return false;
  days = count * unit;
  return true;
}

// Takes the target; false where none comes next, with what to answer in `why`.
bool take_target(const lexicon& known, cursor& at, const recency& said, read_intent& intent,
                 misunderstanding& why) {
  for (const auto& one : targets) {
    const bool many = at.accept_listed(one.many);
    if (!many && (one.one.empty() || !at.accept_listed(one.one))) continue;
    intent.target = one.target;
    if (said.latest && !many) intent.newest = said.count.value_or(1);
    if (many) intent.newest = said.count;
    return true;
  }
  for (const auto of : {topic::lab, topic::vital}) {
    if (known.longest(of, at.rest()).words == 0) continue;
    if (!take(known, of, at, "test", intent.only, why)) return false;
    intent.target = of == topic::lab ? read_target::labs : read_target::vitals;
    if (said.latest) intent.newest = said.count.value_or(1);
    intent.trend = at.accept_any({"trend", "trends"});
    return true;
  }
  why = unknown(known, at, {topic::lab, topic::vital}, "kind of data");
  return false;
}

}  // namespace

parsed read(const lexicon& known, cursor& at) {
  const recency said = take_recency(at);
  read_intent intent;
  misunderstanding why;
  if (!take_target(known, at, said, intent, why)) return why;
  if (at.accept_any({"for", "over", "in"}) && !take_span(at, intent.days))
    return incomplete("Over what time? For instance: for 7 days, for the last 3 months.");
  if (!at.done()) return left_over(at);
  const bool whole_list = is_whole_list(intent.target);
  if (whole_list && (said.latest || intent.days))
    return incomplete("Allergies, problems and medications are shown whole, not the latest of them.");
  intent.active_only = said.active;
  if (said.active && intent.target != read_target::medications && intent.target != read_target::problems)
    return incomplete("Only medications and problems are active or not.");
  return command(intent);
}

}  // namespace epicenter::commands::grammar
