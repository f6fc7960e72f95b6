// The parts of the grammar, each from the words after its verb.
#pragma once

#include <epicenter/commands/cursor.hpp>
#include <epicenter/commands/parse.hpp>

namespace epicenter::commands::grammar {

parsed read(const lexicon&, cursor&);
parsed order(const lexicon&, cursor&);
parsed medication(const lexicon&, cursor&);
parsed allergy(const lexicon&, cursor&);
parsed problem(const lexicon&, cursor&);
parsed vital(const lexicon&, cursor&);
parsed note(const lexicon&, cursor&);

/// Nothing stands in the lexicon for what comes next: says so, and what is near.
misunderstanding unknown(const lexicon&, const cursor&, std::initializer_list<topic>, std::string_view what);
/// Several entries go by the phrase of `count` words that comes next: the command once with each.
misunderstanding which_one(const cursor&, std::size_t count, const std::vector<const entry*>&);
/// Words are left over.
misunderstanding left_over(const cursor&);
misunderstanding incomplete(std::string say);

/// Takes one entry of the topic. Otherwise false, and `why` says what to answer.
bool take(const lexicon&, topic, cursor&, std::string_view what, const entry*& taken, misunderstanding& why);

}  // namespace epicenter::commands::grammar
