#include "mock-epic/levers/board.hpp"

#include <algorithm>
#include <epicenter/base/units.hpp>

namespace epicenter::mock {
namespace {

result<> check_lease(duration lease) {
  if (lease > 0ns && lease <= max_lease) return {};
  return fail(lever_errc::bad_parameter,
              "a lease lasts more than 0 and at most " + format_duration(max_lease));
}

}  // namespace

void leased_levers::drop_expired(instant now) {
  for (auto at = active_.begin(); at != active_.end();) {
    if (at->second.ends_at > now) {
      ++at;
      continue;
    }
    if (ended_.size() >= kept_ended) ended_.pop_front();
    ended_.push_back(status_of(*at, at->second.ends_at));
    at = active_.erase(at);
  }
}

void leased_levers::forget_ended(std::string_view id) {
  std::erase_if(ended_, [id](const lever_status& one) { return one.id == id; });
}

void leased_levers::clear() {
  active_.clear();
  ended_.clear();
}

result<> leased_levers::apply(lever_spec spec) {
  const lever_world world = world_();
  drop_expired(world.now);
  const auto catalog = lever_catalog();
  const auto type = std::find_if(catalog.begin(), catalog.end(),
                                 [&](const lever_type& one) { return one.name == spec.type; });
  if (type == catalog.end()) return fail(lever_errc::unknown_type, spec.type);
  if (spec.id.empty()) return fail(lever_errc::bad_parameter, "a lever needs an id");
  if (auto lease = check_lease(spec.lease); !lease) return lease;
  if (spec.id.size() > max_lever_id) return fail(lever_errc::bad_parameter, "an id has at most 128 bytes");
  if (active_.contains(spec.id)) return fail(lever_errc::exists, spec.id);
  if (active_.size() >= max_levers) return fail(lever_errc::too_many);
  auto made = type->make(spec, world);
  if (!made) return fail(made.error());
  forget_ended(spec.id);
  active_.emplace(spec.id, entry{spec.type, std::move(*made), world.now + spec.lease});
  return {};
}

result<> leased_levers::renew(std::string_view id, duration lease) {
  const instant now = world_().now;
  drop_expired(now);
  const auto at = active_.find(id);
  if (at == active_.end()) return fail(lever_errc::not_found, std::string(id));
  if (auto good = check_lease(lease); !good) return good;
  at->second.ends_at = now + lease;
  return {};
}

result<lever_status> leased_levers::remove(std::string_view id) {
  const instant now = world_().now;
  drop_expired(now);
  if (const auto at = active_.find(id); at != active_.end()) {
    lever_status last = status_of(*at, now);
    active_.erase(at);
    return last;
  }
  const auto ended =
      std::find_if(ended_.begin(), ended_.end(), [id](const lever_status& one) { return one.id == id; });
  if (ended == ended_.end()) return fail(lever_errc::not_found, std::string(id));
  lever_status last = *ended;
  ended_.erase(ended);
  return last;
}

std::vector<lever_status> leased_levers::status() const {
  const instant now = world_().now;
  std::vector<lever_status> all;
  for (const auto& one : active_)
    if (one.second.ends_at > now) all.push_back(status_of(one, now));
  return all;
}

lever_status leased_levers::status_of(const entries::value_type& one, instant now) {
  const entry& e = one.second;
  return {one.first, e.type, e.lever->touched(), e.lever->injected(), e.ends_at - now};
}

}  // namespace epicenter::mock
