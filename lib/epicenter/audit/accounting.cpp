#include <algorithm>
#include <epicenter/audit/accounting.hpp>

namespace epicenter::audit {

void account_for(std::vector<accounted_disclosure>& so_far, const entry& one) {
  if (!one.disclosed || !one.disclosed->exception.empty()) return;
  const auto same = [&one](const accounted_disclosure& other) {
    return other.what.recipient == one.disclosed->recipient && other.what.purpose == one.disclosed->purpose;
  };
  const auto found = std::find_if(so_far.begin(), so_far.end(), same);
  if (found == so_far.end()) {
    so_far.push_back({*one.disclosed, one.at, one.at, 1, one.seq});
    return;
  }
  found->last = std::max(found->last, one.at);
  ++found->count;
}

}  // namespace epicenter::audit
