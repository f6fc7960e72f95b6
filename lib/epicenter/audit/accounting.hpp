// Accounting of disclosures (45 CFR 164.528).
#pragma once

#include <epicenter/audit/chained_log.hpp>

namespace epicenter::audit {

/// Adds an entry to the accounting where it has to be accounted for. Entries come in their order.
void account_for(std::vector<accounted_disclosure>& so_far, const entry&);

}  // namespace epicenter::audit
