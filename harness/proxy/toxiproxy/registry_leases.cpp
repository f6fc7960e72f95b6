#include <algorithm>

#include "harness/proxy/toxiproxy/registry.hpp"

namespace epicenter::proxy::toxiproxy {

void registry::set_lease(notes& known, std::optional<duration> lease) {
  known.lease = lease.value_or(known.lease);
  known.lease_until = known.lease == no_lease ? instant::max() : runtime_.now() + known.lease;
}

runtime::task<> registry::renew(std::string proxy, std::string toxic) {
  const auto it = notes_.find(proxy);
  if (it == notes_.end()) co_return;
  set_lease(it->second, {});
  const auto named = find(proxy, toxic);
  if (!named || named->lease == no_lease) co_return;
  auto renewing = fleet_.injector().renew(named->fault_id, named->lease);
  (void)co_await std::move(renewing);  // one that ended just now is found out by whoever asks next
}

runtime::task<std::size_t> registry::renew_all() {
  std::vector<std::pair<std::string, duration>> faults;
  std::size_t renewed = 0;
  for (auto& [name, known] : notes_) {
    set_lease(known, {});
    if (known.lease != no_lease) ++renewed;
    for (const auto& t : known.toxics) {
      if (t.lease != no_lease) faults.emplace_back(t.fault_id, t.lease);
    }
  }
  for (const auto& [id, lease] : faults) {
    auto renewing = fleet_.injector().renew(id, lease);
    const auto done = co_await std::move(renewing);
    if (done) ++renewed;
  }
  co_return renewed;
}

instant registry::next_end() const {
  instant next = instant::max();
  for (const auto& [name, known] : notes_) next = std::min(next, known.lease_until);
  return next;
}

runtime::task<> registry::end_due() {
  std::vector<std::string> due;
  for (const auto& [name, known] : notes_) {
    if (known.lease_until <= runtime_.now()) due.push_back(name);
  }
  for (const auto& name : due) {
    auto erasing = erase(name);
    (void)co_await std::move(erasing);  // who removed it before has done the same
  }
}

}  // namespace epicenter::proxy::toxiproxy
