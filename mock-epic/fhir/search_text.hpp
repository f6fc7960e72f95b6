// The text of search values: escapes (hl7.org/fhir/R4/search.html#escaping) and comparison of strings
// (#string).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::mock::fhir {

/// The parts between separators that no backslash precedes. At least one.
std::vector<std::string_view> split_value(std::string_view text, char separator);
/// Takes the backslashes off "\," "\|" "\$" and "\\".
std::string unescape_value(std::string_view text);
/// Lower case, and letters without their accents: what string parameters compare. Latin, Greek and Cyrillic;
/// other characters stay as they are.
std::string fold(std::string_view text);

}  // namespace epicenter::mock::fhir
