// Whether a resource in the EHR is what was sent: to find a write again, and to see what Epic made of it.
#pragma once

#include <epicenter/json/value.hpp>
#include <string>
#include <vector>

namespace epicenter::epic {

/// True where the resource may be the write: the same patient and code, and, where the type has them, the
/// same values, a time at most two minutes apart, and the same requester (reference: epic, section 4.2). That
/// nothing matches proves nothing.
bool looks_like(const json::value& sent, const json::value& found);
/// Whether what looks like the write may confirm it: a time tells it from others of the same code. Allergies
/// and problems have none that Epic gives back: the one that is found may be years old.
bool has_fingerprint(std::string_view type);
/// Whether it may be recognised at all, once Epic has said that it is there. Notes are not: their text is
/// elsewhere.
bool has_likeness(std::string_view type);

/// The elements that matter to care and were filed otherwise or not at all, by their path: "encounter". What
/// was not sent is not compared, texts that Epic replaces by its own neither.
std::vector<std::string> altered_elements(const json::value& sent, const json::value& filed);

}  // namespace epicenter::epic
