// What is wrong with a scenario file, where, and how to mend it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/model.hpp"

namespace epicenter::scenario {

enum class trouble {
  invalid,      ///< the file is not a scenario of this format
  unsupported,  ///< the format has it, this version does not carry it out yet
  unreadable,   ///< there is no such file, or it cannot be read
};

struct diagnostic {
  trouble kind = trouble::invalid;
  source_mark at;
  std::string message;    ///< what is wrong and the fix; never holds a secret
  std::string line_text;  ///< the offending line (a window of a long one); empty where there is none
  int caret = 0;          ///< characters before the caret in line_text

  /// "file:line:column: message", the line and a caret below the place.
  std::string text() const;
};

/// The candidate within a small edit distance of the word, or empty.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

/// "; did you mean 'x'?" if one is near, else "; known are a, b, c".
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace epicenter::scenario
