// Toxics as verbs show and take them.
#pragma once

#include <epicenter/json/value.hpp>

#include "harness/cli/command.hpp"

namespace epicenter::cli {

/// The attributes in the order of their names, each as "name=value" behind the separator.
std::string attributes_text(const json::value& toxic, std::string_view separator);
/// Two decimals: "1.00".
std::string toxicity_text(const json::value& toxic);

/// What -a k=v and --toxicity give: {"attributes", "toxicity"}, the latter only where it is given. An error
/// for toxicity outside 0 to 1, and for an attribute without '='.
result<json::object> toxic_changes(const arguments&);

}  // namespace epicenter::cli
