// The request as templates see it: request.url, request.headers.X, …
#pragma once

#include <span>
#include <string>

#include "mock-epic/stubs/text_template.hpp"

namespace epicenter::mock::stubs {

/// The value at the path below `request`; null where there is none. What may stand several times gives its
/// first value, or with as_list all of them.
json::value request_value(const template_world&, std::span<const std::string> path, bool as_list);

}  // namespace epicenter::mock::stubs
