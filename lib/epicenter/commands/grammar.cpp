#include <epicenter/commands/grammar.hpp>

namespace epicenter::commands::grammar {

misunderstanding unknown(const lexicon& known, const cursor& at, std::initializer_list<topic> topics,
                         std::string_view what) {
  misunderstanding answer;
  if (at.done()) return incomplete("Which " + std::string(what) + "?");
  answer.say = "I know no " + std::string(what) + " «" + joined(at.rest()) + "».";
  std::string near;
  for (const auto one : topics) {
    for (const auto& phrase : known.near(one, at.rest())) near += (near.empty() ? "" : ", ") + phrase;
  }
  if (!near.empty()) answer.say += " Near it: " + near + ".";
  return answer;
}

misunderstanding which_one(const cursor& at, std::size_t count, const std::vector<const entry*>& candidates) {
  misunderstanding answer;
  answer.kind = misunderstanding_kind::ambiguous;
  answer.say = "«" + joined(at.rest().first(count)) + "» may be ";
  const std::string before = joined(at.before());
  const std::string after = joined(at.rest().subspan(count));
  for (const auto* one : candidates) {
    const auto name = words_of(name_of(*one)).value_or(std::vector<word>{});
    if (answer.choices.size() == 9) break;
    if (!answer.choices.empty()) answer.say += " or ";
    answer.say += name_of(*one);
    answer.choices.push_back(before + ' ' + joined(name) + (after.empty() ? "" : ' ' + after));
  }
  answer.say += ". Which one?";
  return answer;
}

misunderstanding left_over(const cursor& at) {
  misunderstanding answer;
  answer.say = "I understood «" + joined(at.before()) + "» but not «" + joined(at.rest()) +
               "». Patient and encounter come from the session, codes from the lexicon.";
  return answer;
}

misunderstanding incomplete(std::string say) {
  return {misunderstanding_kind::incomplete, std::move(say), {}};
}

bool take(const lexicon& known, topic which, cursor& at, std::string_view what, const entry*& taken,
          misunderstanding& why) {
  const auto match = known.longest(which, at.rest());
  if (match.words == 0) {
    why = unknown(known, at, {which}, what);
    return false;
  }
  if (match.candidates.size() > 1) {
    why = which_one(at, match.words, match.candidates);
    return false;
  }
  taken = match.candidates.front();
  at.skip(match.words);
  return true;
}

}  // namespace epicenter::commands::grammar
