// A response that keeps its head and gets another body.
#pragma once

#include <epicenter/http/message.hpp>
#include <string>
#include <string_view>

namespace epicenter::faults {

/// The response's bytes with this body in place of its own, told by its length. The fields in `changed`
/// replace those of the same name (an empty value removes them); all other bytes of the head stay as they
/// came. `head`: the status line and the fields, with the empty line.
std::string with_new_body(std::string_view head, const http::headers& changed, std::string_view body);

}  // namespace epicenter::faults
