// Any command of the grammar, by chance.
#pragma once

#include <epicenter/commands/command.hpp>
#include <string>

#include "lib/epicenter/commands/tests/draws.hpp"

namespace epicenter::commands::testing {

inline const entry* any(const lexicon& known, topic of, draws& random) {
  return random.one_of(known.entries(of));
}

inline write_intent random_vital(const lexicon& known, draws& random) {
  const entry* what = any(known, topic::vital, random);
  const vital_rule* rule = rule_of(*what);
  if (rule == nullptr) {
    const unsigned diastolic = random.between(20, 200);
    return vital_sign{what, pressure{random.between(std::max(40u, diastolic + 1), 300), diastolic}};
  }
  const double_unit* both = double_unit_of(*rule);
  while (true) {
    if (both != nullptr && random.one_in(3)) {
      const std::string lesser = std::to_string(random.between(0, both->minors - 1));
      const bool silent = both->minor_may_be_silent && random.one_in(4);
      const auto made =
          measured_double(*rule, *both, std::to_string(random.between(0, 12)), silent ? "" : lesser);
      if (const auto* value = std::get_if<measure>(&made)) return vital_sign{what, *value};
      continue;
    }
    const unit_rule* unit = &rule->units[random.below(rule->units.size())];
    std::string digits = std::to_string(random.between(0, 600));
    if (!rule->whole && random.one_in(2)) digits += '.' + std::to_string(random.between(0, 99));
    const auto made = measured(*rule, digits, unit);
    if (const auto* value = std::get_if<measure>(&made)) return vital_sign{what, *value};
  }
}

inline write_intent random_write(const lexicon& known, draws& random) {
  const auto priority = static_cast<commands::priority>(random.below(3));
  const entry* indication = random.one_in(2) ? any(known, topic::condition, random) : nullptr;
  switch (random.below(7)) {
    case 0:
      return lab_order{any(known, topic::lab, random), priority, indication};
    case 1:
      return imaging_order{any(known, topic::imaging, random), priority, indication};
    case 2: {
      medication_order made{any(known, topic::drug, random), any(known, topic::frequency, random),
                            random.one_in(2), std::nullopt};
      if (random.one_in(2)) made.days = random.between(1, 365);
      return made;
    }
    case 3: {
      allergy made{any(known, topic::substance, random), nullptr, std::nullopt};
      if (random.one_in(2)) made.reaction = any(known, topic::reaction, random);
      if (made.reaction != nullptr && random.one_in(2))
        made.severity = static_cast<severity>(random.below(3));
      return made;
    }
    case 4:
      return problem{any(known, topic::condition, random)};
    case 5:
      return random_vital(known, random);
    default:
      return note{any(known, topic::note_type, random)};
  }
}

inline read_intent random_read(const lexicon& known, draws& random) {
  read_intent made;
  made.target = static_cast<read_target>(random.below(8));
  const bool list = made.target == read_target::allergies || made.target == read_target::problems ||
                    made.target == read_target::medications;
  const bool tests = made.target == read_target::labs || made.target == read_target::vitals;
  if (tests && random.one_in(2)) {
    made.only = any(known, made.target == read_target::labs ? topic::lab : topic::vital, random);
    made.trend = random.one_in(2);
  }
  made.active_only = list && made.target != read_target::allergies && random.one_in(2);
  if (!list && random.one_in(2)) made.newest = random.between(1, 100);
  if (!list && random.one_in(2)) made.days = random.between(1, 3660);
  return made;
}

inline command random_command(const lexicon& known, draws& random) {
  if (random.one_in(4)) return random_read(known, random);
  return random_write(known, random);
}

/// The same said otherwise: case, punctuation, politeness.
inline std::string disguised(const std::string& text, draws& random) {
  std::string other = random.one_in(3) ? "Hey Epic, " : "";
  for (const char c : text) {
    if (c == ' ' && random.one_in(4)) other += random.one_in(2) ? " please " : ", the ";
    other += c >= 'a' && c <= 'z' && random.one_in(3) ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return other + (random.one_in(2) ? "." : "");
}

}  // namespace epicenter::commands::testing
