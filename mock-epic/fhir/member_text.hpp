// Members of a JSON object found in its text, without a tree of all of it.
#pragma once

#include <optional>
#include <string_view>

namespace epicenter::mock::fhir {

/// The text of the value of a member of the outermost object; nothing where there is none. `object` is JSON
/// that has been parsed before: what is no JSON gives nothing or any part of it. Keys with escapes are not
/// found.
std::optional<std::string_view> member_text(std::string_view object, std::string_view key);

}  // namespace epicenter::mock::fhir
