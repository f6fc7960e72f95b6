// Text to a command.
//
//   command  = read | write | control | choice
//   read     = ("show" | "get" | "what are" | "what is") [recency] target ["for" span]
//   recency  = "latest" | "last" [n] | "most recent" | "all" | "active" | "current"
//   span     = ["last" | "past"] [n] ("days" | "weeks" | "months" | "years")        a month is 30 days
//   order    = "order" ["stat" | "urgent" | "routine"] (lab | imaging) ["for" condition]
//   rx       = ("start" | "prescribe") drug strength [form] ["by mouth"] frequency ["as needed"]
//              ["for" n ("days" | "weeks")]
//   allergy  = "add allergy to" substance ["with" [severity] reaction [severity]]
//   problem  = "add problem" condition
//   vital    = "record" vital ["of"] value [unit]      a height also in feet and inches: «5 feet 7»
//   note     = "file" type
//   control  = ("confirm" | "cancel" | "repeat" | "undo" | "more") ["that" | "it"]
//   choice   = ("number" | "option" | "choice") n
//
// The whole utterance must be the command: a word that is left over makes it none. What negates is refused
// first («do not order», «no allergy», «cancel the order»); the patient is never taken from speech.
#pragma once

#include <epicenter/commands/command.hpp>

namespace epicenter::commands {

using parsed = std::variant<command, misunderstanding>;

/// Never throws and never guesses. The text may be anything.
parsed parse(const lexicon&, std::string_view text);

}  // namespace epicenter::commands
