#include <algorithm>
#include <epicenter/base/check.hpp>
#include <epicenter/base/nearest.hpp>
#include <epicenter/commands/lexicon.hpp>
#include <epicenter/commands/lexicon_tables.hpp>

namespace epicenter::commands {
namespace {

std::vector<std::string_view> parts_of(std::string_view phrases) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto bar = phrases.find('|');
    parts.push_back(phrases.substr(0, bar));
    if (bar == std::string_view::npos) return parts;
    phrases.remove_prefix(bar + 1);
  }
}

}  // namespace

std::string_view name_of(const entry& e) {
  return e.phrases.substr(0, e.phrases.find('|'));
}

lexicon lexicon::standard() {
  const std::array tables{lab_table(),       imaging_table(),  drug_table(),
                          substance_table(), reaction_table(), condition_table(),
                          vital_table(),     note_table(),     frequency_table()};
  return lexicon(tables);
}

lexicon::lexicon(std::span<const std::span<const entry>> tables) {
  for (const auto& table : tables) {
    for (const auto& one : table) add(one);
  }
  for (const auto& filled : shelves_) {
    for (const auto* one : filled.all) {
      const auto words = words_of(name_of(*one));
      const auto& named = filled.by_phrase.at(joined(*words));
      const bool own = named.size() == 1 || one->of == topic::drug;
      EPICENTER_CHECK(own, "two entries of the lexicon are named " + std::string(name_of(*one)));
    }
  }
}

void lexicon::add(const entry& one) {
  auto& here = shelves_.at(static_cast<std::size_t>(one.of));
  here.all.push_back(&one);
  for (const auto phrase : parts_of(one.phrases)) {
    const auto words = words_of(phrase);
    const bool sayable = words && !words->empty() && joined(*words).find('~') == std::string::npos;
    EPICENTER_CHECK(sayable, "a phrase of the lexicon cannot be said: " + std::string(phrase));
    auto& named = here.by_phrase[joined(*words)];
    if (std::find(named.begin(), named.end(), &one) == named.end()) named.push_back(&one);
    here.longest_phrase = std::max(here.longest_phrase, words->size());
  }
}

lexicon_match lexicon::longest(topic which, std::span<const word> words) const {
  const shelf& here = of(which);
  for (std::size_t count = std::min(here.longest_phrase, words.size()); count > 0; --count) {
    const auto found = here.by_phrase.find(joined(words.first(count)));
    if (found != here.by_phrase.end()) return {count, found->second};
  }
  return {};
}

std::vector<std::string> lexicon::near(topic which, std::span<const word> said, std::size_t most) const {
  const shelf& here = of(which);
  std::vector<std::string_view> phrases;
  for (const auto& [phrase, entries] : here.by_phrase) phrases.push_back(phrase);
  std::vector<std::string> found;
  // The words that follow may belong to something else: the first ones are tried too.
  for (std::size_t count = std::min(said.size(), here.longest_phrase); count > 0 && found.empty(); --count) {
    const std::string spoken = joined(said.first(count));
    for (const auto phrase : nearest(spoken, phrases, most)) found.emplace_back(phrase);
  }
  return found;
}

const std::vector<const entry*>& lexicon::entries(topic which) const {
  return of(which).all;
}

}  // namespace epicenter::commands
