// Which scopes the adapter's operations need.
#pragma once

#include <epicenter/epic/site_profile.hpp>
#include <string>
#include <vector>

namespace epicenter::epic {

/// In the spelling of SMART v2, sorted, a scope a type: what the operations that the profile allows ask of
/// the site, the searches that reconcile a write and the reads that compare it among them.
std::vector<std::string> wanted_scopes(const site_profile&);

}  // namespace epicenter::epic
