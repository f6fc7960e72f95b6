#include "harness/proxy/fault_board.hpp"

#include <algorithm>
#include <epicenter/runtime/task.hpp>

#include "harness/proxy/proxy.hpp"

namespace epicenter::proxy {

namespace {

constexpr std::size_t kept_ended = 256;

/// Ids travel in URLs and in a header of injected answers.
bool is_plain_id(std::string_view id) {
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

result<> check_lease(duration lease) {
  if (lease == no_lease) return {};
  if (lease > duration::zero() && lease <= fault_board::longest_lease) return {};
  return fail(errc::bad_parameter, "a lease is above 0 and at most 1h");
}

instant end_of(duration lease, instant now) {
  return lease == no_lease ? runtime::never : now + lease;
}

tl::unexpected<error> bad(error cause) {
  const auto code =
      cause == make_error_code(faults::errc::unknown_type) ? errc::unknown_fault : errc::bad_parameter;
  return fail(error(make_error_code(code)).caused_by(std::move(cause)));
}

/// Where a fault stands in the chain: what is not ordered by the catalog comes last.
std::size_t place_of(const active_fault& f) {
  return f.spec.last ? SIZE_MAX : faults::chain_position(f.type);
}

}  // namespace

fault_board::fault_board(runtime::runtime& rt)
    : runtime_(rt), faults_(std::make_shared<const fault_list>()) {}

fault_list::const_iterator fault_board::find(std::string_view id) const {
  return std::find_if(faults_->begin(), faults_->end(),
                      [&](const active_fault_ptr& f) { return f->id == id; });
}

result<active_fault_ptr> fault_board::make(faults::fault_spec spec, std::uint64_t version) const {
  if (!is_plain_id(spec.id)) return fail(errc::bad_parameter, "an id has 1 to 128 of A-Z a-z 0-9 - _ .");
  if (auto lease = check_lease(spec.lease); !lease) return fail(lease.error());
  const auto* type = faults::find(spec.type);
  if (type == nullptr) return fail(errc::unknown_fault, spec.type);
  if (auto selection = faults::check_selection(spec.match); !selection) return bad(selection.error());
  auto made = faults::make_fault(*type, spec.parameters);
  if (!made) return bad(made.error());
  const auto first = runtime::derive_seed(runtime_.seed(), "fault." + spec.id);
  const auto seed = version == 0 ? first : runtime::derive_seed(first, version);
  const auto lease = spec.lease;
  auto fresh = std::make_shared<active_fault>(std::move(spec), *type, std::move(*made), runtime_.now(), seed);
  fresh->version = version;
  fresh->lease_until = end_of(lease, runtime_.now());
  fresh->on_listener = fresh->hooks.connections && fresh->selector.takes_everything();
  if (fresh->hooks.connections_only() && fresh->selector.needs_requests())
    return fail(errc::bad_parameter,
                std::string(type->name) +
                    " acts before there is a call: its match takes client, counts and rate only");
  if (fresh->hooks.connections) {
    auto zeroth = fresh->values(0);
    fresh->connection = fresh->behaviour->on_connect(zeroth);
  }
  return fresh;
}

result<> fault_board::apply(faults::fault_spec spec) {
  auto fresh = make(std::move(spec), 0);
  if (!fresh) return fail(fresh.error());
  end_expired();
  const auto& id = (*fresh)->id;
  if (find(id) != faults_->end()) return fail(errc::fault_exists, id);
  if (faults_->size() >= max_faults) return fail(errc::too_many_faults);
  std::erase_if(ended_, [&](const auto& old) { return old.id == id; });
  fault_list next = *faults_;
  const auto position = place_of(**fresh);
  const auto place = std::find_if(next.begin(), next.end(),
                                  [&](const active_fault_ptr& f) { return place_of(*f) > position; });
  next.insert(place, std::move(*fresh));
  publish(std::move(next));
  return {};
}

result<> fault_board::replace(faults::fault_spec spec) {
  end_expired();
  const auto found = find(spec.id);
  if (found == faults_->end()) return fail(errc::fault_not_found, spec.id);
  auto fresh = make(std::move(spec), (*found)->version + 1);
  if (!fresh) return fail(fresh.error());
  fault_list next = *faults_;
  auto& place = next[static_cast<std::size_t>(found - faults_->begin())];
  auto& successor = **fresh;
  successor.touched = place->touched.load();
  successor.injected = place->injected.load();
  successor.skipped = place->skipped.load();
  place->ended = true;
  place = std::move(*fresh);
  publish(std::move(next));
  return {};
}

result<> fault_board::renew(std::string_view id, duration lease) {
  if (auto checked = check_lease(lease); !checked) return checked;
  end_expired();
  const auto found = find(id);
  if (found == faults_->end()) return fail(errc::fault_not_found, std::string(id));
  (*found)->lease_until = end_of(lease, runtime_.now());
  return {};
}

result<faults::fault_status> fault_board::remove(std::string_view id) {
  end_where([&](const active_fault& f) { return f.id == id || f.lease_until <= runtime_.now(); });
  const auto last = std::find_if(ended_.begin(), ended_.end(), [&](const auto& s) { return s.id == id; });
  if (last == ended_.end()) return fail(errc::fault_not_found, std::string(id));
  return *last;
}

bool fault_board::clear() {
  return end_where([](const active_fault&) { return true; });
}

bool fault_board::clear_route(std::string_view route) {
  return end_where([&](const active_fault& f) { return f.route == route; });
}

bool fault_board::end_expired() {
  const instant now = runtime_.now();
  return end_where([&](const active_fault& f) { return f.lease_until <= now; });
}

template <class Which>
bool fault_board::end_where(Which which) {
  fault_list next;
  for (const auto& f : *faults_) {
    if (which(*f)) {
      end(f);
    } else {
      next.push_back(f);
    }
  }
  if (next.size() == faults_->size()) return false;
  publish(std::move(next));
  return true;
}

void fault_board::end(const active_fault_ptr& gone) {
  gone->ended = true;
  if (ended_.size() >= kept_ended) ended_.pop_front();
  ended_.push_back(status_of(*gone));
  ended_.back().lease_left = duration::zero();
}

faults::fault_status fault_board::status_of(const active_fault& f) const {
  faults::fault_status s;
  s.id = f.id;
  s.type = f.type.name;
  s.touched = f.touched;
  s.injected = f.injected;
  s.skipped = f.skipped;
  s.active = f.active;
  s.lease_left = f.lease_until == runtime::never ? no_lease : f.lease_until - runtime_.now();
  return s;
}

active_fault_ptr fault_board::at(std::string_view id) const {
  const auto found = find(id);
  return found == faults_->end() ? nullptr : *found;
}

instant fault_board::next_expiry() const {
  instant next = runtime::never;
  for (const auto& f : *faults_) next = std::min(next, f->lease_until);
  return next;
}

std::vector<faults::fault_status> fault_board::status() const {
  std::vector<faults::fault_status> all;
  const instant now = runtime_.now();
  for (const auto& f : *faults_) {
    if (f->lease_until > now) all.push_back(status_of(*f));
  }
  return all;
}

}  // namespace epicenter::proxy
