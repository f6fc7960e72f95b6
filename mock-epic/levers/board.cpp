#include "mock-epic/levers/board.hpp"

#include <algorithm>
#include <epicenter/base/units.hpp>

#include "mock-epic/levers/call_filter.hpp"

namespace epicenter::mock {
namespace {

result<> check_lease(duration lease) {
  if (lease > 0ns && lease <= max_lease) return {};
  return fail(lever_errc::bad_parameter,
              "a lease lasts more than 0 and at most " + format_duration(max_lease));
}

}  // namespace

meddler* leased_levers::active() {
  if (active_.empty()) return nullptr;
  drop_expired(world_().at.now);
  return chain_.empty() ? nullptr : &chain_;
}

void leased_levers::order() {
  std::vector<const entry*> by_type;
  for (const auto& [id, one] : active_) by_type.push_back(&one);
  // They lie by id; types lie in the catalog in the order in which they are asked.
  std::stable_sort(by_type.begin(), by_type.end(),
                   [](const entry* a, const entry* b) { return a->type < b->type; });
  std::vector<active_lever*> ordered;
  for (const entry* one : by_type) ordered.push_back(one->lever.get());
  chain_.set(std::move(ordered));
}

void leased_levers::drop_expired(instant now) {
  const std::size_t before = active_.size();
  for (auto at = active_.begin(); at != active_.end();) {
    if (at->second.ends_at > now) {
      ++at;
      continue;
    }
    if (ended_.size() >= kept_ended) ended_.pop_front();
    ended_.push_back(status_of(*at, at->second.ends_at));
    at = active_.erase(at);
  }
  if (active_.size() != before) order();
}

void leased_levers::forget_ended(std::string_view id) {
  std::erase_if(ended_, [id](const lever_status& one) { return one.id == id; });
}

void leased_levers::clear() {
  chain_.set({});
  active_.clear();
  ended_.clear();
}

result<> leased_levers::apply(lever_spec spec) {
  const lever_world world = world_();
  drop_expired(world.at.now);
  const auto catalog = lever_catalog();
  const auto type = std::find_if(catalog.begin(), catalog.end(),
                                 [&](const lever_type& one) { return one.name == spec.type; });
  if (type == catalog.end()) return fail(lever_errc::unknown_type, spec.type);
  if (spec.id.empty()) return fail(lever_errc::bad_parameter, "a lever needs an id");
  if (auto lease = check_lease(spec.lease); !lease) return lease;
  if (spec.id.size() > max_lever_id) return fail(lever_errc::bad_parameter, "an id has at most 128 bytes");
  if (active_.contains(spec.id)) return fail(lever_errc::exists, spec.id);
  if (active_.size() >= max_levers) return fail(lever_errc::too_many);
  if (type->kind == lever_kind::instant && spec.match != lever_match{})
    return fail(lever_errc::bad_parameter,
                "match: " + spec.type + " acts at one moment and on no request; leave match and rate out");
  if (auto good = check_match(spec.match); !good) return good;
  const auto given = lever_parameters::read(type->name, type->parameters, spec.parameters);
  if (!given) return fail(given.error());
  auto made = type->make(spec, *given, world);
  if (!made) return fail(std::move(made.error()));
  forget_ended(spec.id);
  active_.emplace(spec.id, entry{&*type, std::move(*made), world.at.now + spec.lease});
  order();
  return {};
}

result<> leased_levers::renew(std::string_view id, duration lease) {
  const instant now = world_().at.now;
  drop_expired(now);
  const auto at = active_.find(id);
  if (at == active_.end()) return fail(lever_errc::not_found, std::string(id));
  if (auto good = check_lease(lease); !good) return good;
  at->second.ends_at = now + lease;
  return {};
}

result<lever_status> leased_levers::remove(std::string_view id) {
  const instant now = world_().at.now;
  drop_expired(now);
  if (const auto at = active_.find(id); at != active_.end()) {
    lever_status last = status_of(*at, now);
    active_.erase(at);
    order();
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
  const instant now = world_().at.now;
  std::vector<lever_status> all;
  for (const auto& one : active_)
    if (one.second.ends_at > now) all.push_back(status_of(one, now));
  return all;
}

lever_status leased_levers::status_of(const entries::value_type& one, instant now) {
  const entry& e = one.second;
  return {one.first,       std::string(e.type->name), e.lever->touched(), e.lever->injected(),
          e.ends_at - now, e.lever->skipped(),        e.lever->details()};
}

}  // namespace epicenter::mock
