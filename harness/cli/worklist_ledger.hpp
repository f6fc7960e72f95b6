// What the worklist command asks of the ledger. The one place that knows how.
#pragma once

#include <epicenter/store/ledger.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::cli {

/// The writes that wait for a person, oldest first.
runtime::task<result<std::vector<store::ledger_row>>> writes_under_review(store::ledger&);
runtime::task<result<store::write_history>> one_write(store::ledger&, std::string operation);

/// What a person has found out about a write of which nobody knew.
struct review_decision {
  store::resolution found;
  std::string resource_id;  ///< the write is in the EHR under it; empty: it is not, and may be sent once more
};
/// store::errc::stale_state where the write is no longer under review, or another version of it than the
/// person saw; not_allowed where it may not be released: nothing is changed then.
runtime::task<result<>> decide(store::ledger&, review_decision);

/// Why the write cannot be released; empty where it can. Here it is sent by the next start of the adapter,
/// which has nothing to send but what the ledger keeps.
std::string_view why_not_released(const store::ledger_row&);

}  // namespace epicenter::cli
