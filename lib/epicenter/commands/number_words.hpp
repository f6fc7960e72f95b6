// Spoken numbers: "one twenty", "one oh five", "two thousand five hundred", "ninety eight point six".
#pragma once

#include <epicenter/commands/words.hpp>

namespace epicenter::commands {

/// Puts numbers in the place of number words. Digits said one by one are one number ("one two zero" is 120);
/// a single digit before ten to ninety-nine is hundreds ("one fifteen" is 115), as vital signs are dictated.
/// Two numbers in a row that are none together ("twenty thirty") become the unknown word: nobody guesses.
std::vector<word> with_number_words(std::vector<word>);

}  // namespace epicenter::commands
