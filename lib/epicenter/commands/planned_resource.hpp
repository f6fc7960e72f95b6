// What the adapter will send of a draft.
#pragma once

#include <epicenter/commands/draft.hpp>

namespace epicenter::commands {

/// Made by the adapter's own code from the request that filing will make, so that it is what is sent; without
/// what only filing adds: the identifier and the moment of filing (authoredOn, date). Of the draft: all but
/// the resource and what follows from it. epic::errc::invalid_argument where the adapter would refuse it.
result<json::value> planned_resource(const draft&);

/// Whether the resource says what the command asked for: each code, value and word where it belongs, of the
/// patient and the encounter of the session, and nothing that was not asked for in the place of what may be
/// left out. It looks from the command's side and shares nothing with planned_resource.
bool says_what_was_asked(const json::value& resource, const draft&);

}  // namespace epicenter::commands
