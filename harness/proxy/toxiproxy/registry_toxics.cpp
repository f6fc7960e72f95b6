#include <algorithm>

#include "harness/proxy/proxy.hpp"
#include "harness/proxy/toxiproxy/registry.hpp"

namespace epicenter::proxy::toxiproxy {
namespace {

auto position(std::vector<toxic>& among, std::string_view name) {
  return std::find_if(among.begin(), among.end(), [name](const toxic& t) { return t.name == name; });
}

api_error fault_failure(const error& e) {
  if (e == make_error_code(errc::fault_not_found)) return {"toxic not found", 404};
  return fleet_failure(e, {});
}

}  // namespace

outcome<std::vector<toxic>> registry::toxics(std::string_view proxy) const {
  if (!fleet_.find(proxy)) return refuse("proxy not found", 404);
  std::vector<toxic> all;
  if (const auto it = notes_.find(proxy); it != notes_.end()) all = it->second.toxics;
  std::stable_partition(all.begin(), all.end(), [](const toxic& t) { return t.upstream; });
  return all;
}

outcome<toxic> registry::find(std::string_view proxy, std::string_view name) const {
  auto all = toxics(proxy);
  if (!all) return refuse(all.error());
  const auto found = position(*all, name);
  if (found == all->end()) return refuse("toxic not found", 404);
  return *found;
}

runtime::task<outcome<toxic>> registry::add(std::string proxy, toxic t) {
  t.fault_id = fault_id_for(proxy, t.name, ++last_number_);
  auto applying = fleet_.injector().apply(fault_of(t, proxy));
  const auto applied = co_await std::move(applying);
  if (!applied) co_return refuse(fault_failure(applied.error()));
  notes_[proxy].toxics.push_back(t);
  co_return t;
}

runtime::task<outcome<toxic>> registry::change(std::string proxy, toxic t) {
  auto replacing = fleet_.replace(fault_of(t, proxy));
  const auto replaced = co_await std::move(replacing);
  if (!replaced) co_return refuse(fault_failure(replaced.error()));
  auto& present = notes_[proxy].toxics;
  const auto place = position(present, t.name);
  if (place == present.end()) co_return refuse("toxic not found", 404);
  *place = t;
  co_return t;
}

runtime::task<outcome<>> registry::remove(std::string proxy, std::string name) {
  const auto found = find(proxy, name);
  if (!found) co_return refuse(found.error());
  auto removing = fleet_.injector().remove(found->fault_id);
  const auto removed = co_await std::move(removing);
  // One that has ended meanwhile is removed, too.
  const bool gone = removed || removed.error() == make_error_code(errc::fault_not_found);
  if (!gone) co_return refuse(fault_failure(removed.error()));
  auto& present = notes_[proxy].toxics;
  std::erase_if(present, [&name](const toxic& t) { return t.name == name; });
  co_return outcome<>{};
}

runtime::task<outcome<>> registry::remove_all(std::string proxy) {
  const auto all = toxics(proxy);
  if (!all) co_return refuse(all.error());
  for (const auto& t : *all) {
    auto removing = remove(proxy, t.name);
    const auto removed = co_await std::move(removing);
    if (!removed) co_return refuse(removed.error());
  }
  co_return outcome<>{};
}

runtime::task<outcome<>> registry::replace_toxics(std::string proxy, std::vector<toxic> wanted) {
  for (auto& t : wanted) {
    const auto present = find(proxy, t.name);
    const bool alike = present && present->type == t.type && present->upstream == t.upstream;
    if (present && !alike) {
      auto removing = remove(proxy, t.name);
      const auto removed = co_await std::move(removing);
      if (!removed) co_return refuse(removed.error());
    }
    if (alike) t.fault_id = present->fault_id;
    auto placing = alike ? change(proxy, t) : add(proxy, t);
    const auto placed = co_await std::move(placing);
    if (!placed) co_return refuse(placed.error());
  }
  co_return outcome<>{};
}

}  // namespace epicenter::proxy::toxiproxy
