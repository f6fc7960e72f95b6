#include <algorithm>
#include <array>
#include <epicenter/commands/grammar.hpp>

namespace epicenter::commands {
namespace {

// «Without» is not here: it belongs to names of studies, and elsewhere it is left over.
constexpr std::array<std::string_view, 31> negations{
    "no",      "not",     "dont",  "never",  "none",    "nothing", "cannot",   "cant",
    "wont",    "isnt",    "arent", "doesnt", "didnt",   "hasnt",   "havent",   "shouldnt",
    "wouldnt", "neither", "nor",   "denies", "denied",  "deny",    "negative", "unless",
    "except",  "instead", "avoid", "refuse", "refused", "refuses", "nkda"};
// These say what is to end, which is done in the EHR.
constexpr std::array<std::string_view, 9> endings{"cancel", "stop",   "discontinue", "hold",    "delete",
                                                  "remove", "revoke", "undo",        "withdraw"};

template <std::size_t N>
bool has_any(std::span<const word> words, const std::array<std::string_view, N>& list) {
  return std::any_of(words.begin(), words.end(), [&](const word& one) {
    return std::find(list.begin(), list.end(), one.text) != list.end();
  });
}

struct control_word {
  std::string_view text;
  control means;
};
constexpr std::array<control_word, 7> controls{{
    {"confirm", control::confirm},
    {"cancel", control::cancel},
    {"repeat", control::repeat},
    {"undo", control::undo},
    {"more", control::more},
    {"go on", control::more},
    {"read on", control::more},
}};

std::optional<command> parse_control(cursor at) {
  for (const auto& one : controls) {
    if (!at.accept(one.text)) continue;
    (void)at.accept_any({"that", "it"});
    if (at.done()) return command(one.means);
    return std::nullopt;
  }
  if (!at.accept_any({"number", "option", "choice"})) return std::nullopt;
  const auto number = at.accept_count(1, 9);
  if (number && at.done()) return command(choice{*number});
  return std::nullopt;
}

misunderstanding negated(std::string say) {
  return {misunderstanding_kind::negated, std::move(say), {}};
}

constexpr std::string_view help =
    "I know: show, order, start, add allergy to, add problem, record, file, confirm, cancel, repeat, undo, "
    "more.";

}  // namespace

parsed parse(const lexicon& known, std::string_view text) {
  const auto words = words_of(text);
  if (!words)
    return misunderstanding{misunderstanding_kind::too_long, "That was too long for one command.", {}};
  cursor at(*words);
  if (auto simple = parse_control(at)) return std::move(*simple);
  if (has_any(*words, negations))
    return negated("I take no command that says what not to do or what is not. Nothing was done.");
  if (has_any(*words, endings))
    return negated(
        "I end and remove nothing: say cancel to drop a draft; what is filed is ended in the EHR. Nothing "
        "was "
        "done.");
  if (at.accept_any({"show", "get", "what are", "what is", "whats"})) return grammar::read(known, at);
  if (at.accept("order")) return grammar::order(known, at);
  if (at.accept_any({"start", "prescribe"})) return grammar::medication(known, at);
  if (at.accept("add allergy")) return grammar::allergy(known, at);
  if (at.accept("add problem")) return grammar::problem(known, at);
  if (at.accept("record")) return grammar::vital(known, at);
  if (at.accept("file")) return grammar::note(known, at);
  misunderstanding answer;
  if (at.accept("sign"))
    answer.say = "Notes are filed as drafts here and signed in the EHR.";
  else
    answer.say = help;
  return answer;
}

}  // namespace epicenter::commands
