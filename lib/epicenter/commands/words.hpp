// What was said, as words and numbers without the accidents of spelling.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::commands {

inline constexpr std::size_t max_utterance_bytes = 512;
inline constexpr std::size_t max_words = 64;

/// A word in lower case, or a number as a decimal without sign and without leading zeros ("120", "98.6": the
/// digits after the point are kept, 72.0 is not 72).
struct word {
  std::string text;
  bool is_number = false;
  friend bool operator==(const word&, const word&) = default;
};

/// Takes apart what a recogniser writes. Case, punctuation and apostrophes go; a hyphen parts words; "120/80"
/// is «120 over 80», "5'7\"" «5 feet 7 inches», "98%" «98 percent», "10mg" «10 mg»; "one twenty" is 120, "one
/// oh five" 105, "ninety eight point six" 98.6; polite words and those that point to the patient (please,
/// the, her) go. What is none of this becomes a word with '~' in it, which no lexicon has: a sign too many
/// makes a command unknown and never another command. Nothing for more than 512 bytes or 64 words.
std::optional<std::vector<word>> words_of(std::string_view text);

/// The words with spaces between them.
std::string joined(std::span<const word>);

}  // namespace epicenter::commands
