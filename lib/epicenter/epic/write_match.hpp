// Whether a resource in the EHR is what was sent: to find a write again, and to see what Epic made of it.
#pragma once

#include <epicenter/json/value.hpp>
#include <string>
#include <vector>

namespace epicenter::epic {

/// True where the resource may be the write: the same patient and code, and, where the type has them, the
/// same values, a time at most two minutes apart, and the same requester (reference: epic, section 4.2). It
/// may confirm a write; that nothing matches proves nothing. Notes are never recognised: their text is
/// elsewhere.
bool looks_like(const json::value& sent, const json::value& found);
bool has_fingerprint(std::string_view type);

/// The elements that matter to care and were filed otherwise or not at all, by their path: "encounter". What
/// was not sent is not compared, texts that Epic replaces by its own neither.
std::vector<std::string> altered_elements(const json::value& sent, const json::value& filed);

}  // namespace epicenter::epic
