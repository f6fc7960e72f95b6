#include "harness/proxy/fault_board.hpp"

#include <algorithm>
#include <epicenter/runtime/task.hpp>

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
  if (lease > duration::zero() && lease <= fault_board::longest_lease) return {};
  return fail(errc::bad_parameter, "a lease is above 0 and at most 1h");
}

tl::unexpected<error> bad(error cause) {
  const auto code =
      cause == make_error_code(faults::errc::unknown_type) ? errc::unknown_fault : errc::bad_parameter;
  return fail(error(make_error_code(code)).caused_by(std::move(cause)));
}

link_state state_of(const active_fault& f) {
  if (!f.on_listener) return link_state::normal;
  if (std::holds_alternative<faults::refuse>(f.connection)) return link_state::refused;
  if (std::holds_alternative<faults::reset>(f.connection)) return link_state::reset;
  if (std::holds_alternative<faults::hold>(f.connection)) return link_state::held;
  return link_state::normal;
}

/// Selects and counts; the ordinal of the call that is hit.
std::optional<std::uint64_t> hit(active_fault& f, faults::selector::chosen chosen) {
  if (chosen.what == faults::selector::choice::no_match) return std::nullopt;
  ++f.touched;
  const bool spared =
      chosen.what == faults::selector::choice::spared || (f.max_active > 0 && f.active >= f.max_active);
  ++(spared ? f.skipped : f.injected);
  if (spared) return std::nullopt;
  return chosen.ordinal;
}

}  // namespace

fault_board::fault_board(runtime::runtime& rt, std::function<void()> changed)
    : runtime_(rt), changed_(std::move(changed)) {}

fault_board::chain::iterator fault_board::find(std::string_view id) {
  return std::find_if(chain_.begin(), chain_.end(), [&](const active_fault_ptr& f) { return f->id == id; });
}

result<> fault_board::apply(faults::fault_spec spec) {
  if (!is_plain_id(spec.id)) return fail(errc::bad_parameter, "an id has 1 to 128 of A-Z a-z 0-9 - _ .");
  if (auto lease = check_lease(spec.lease); !lease) return lease;
  const auto* type = faults::find(spec.type);
  if (type == nullptr) return fail(errc::unknown_fault, spec.type);
  if (auto selection = faults::check_selection(spec.match); !selection) return bad(selection.error());
  auto made = faults::make_fault(*type, spec.parameters);
  if (!made) return bad(made.error());
  end_expired();
  if (find(spec.id) != chain_.end()) return fail(errc::fault_exists, spec.id);
  if (chain_.size() >= max_faults) return fail(errc::too_many_faults);

  const auto seed = runtime::derive_seed(runtime_.seed(), "fault." + spec.id);
  const auto id = spec.id;
  const auto lease = spec.lease;
  auto fresh = std::make_shared<active_fault>(std::move(spec), *type, std::move(*made), runtime_.now(), seed);
  fresh->lease_until = runtime_.now() + lease;
  fresh->on_listener = fresh->hooks.connections && fresh->selector.takes_everything();
  auto first = fresh->values(0);
  if (fresh->on_listener) fresh->connection = fresh->behaviour->on_connect(first);
  const auto position = faults::chain_position(*type);
  const auto place = std::find_if(chain_.begin(), chain_.end(), [&](const active_fault_ptr& f) {
    return faults::chain_position(f->type) > position;
  });
  chain_.insert(place, std::move(fresh));
  std::erase_if(ended_, [&](const auto& old) { return old.id == id; });
  update_state();
  changed_();
  return {};
}

result<> fault_board::renew(std::string_view id, duration lease) {
  if (auto checked = check_lease(lease); !checked) return checked;
  end_expired();
  const auto found = find(id);
  if (found == chain_.end()) return fail(errc::fault_not_found, std::string(id));
  (*found)->lease_until = runtime_.now() + lease;
  return {};
}

result<faults::fault_status> fault_board::remove(std::string_view id) {
  end_expired();
  if (const auto found = find(id); found != chain_.end()) {
    end(found);
    update_state();
    changed_();
  }
  const auto last = std::find_if(ended_.begin(), ended_.end(), [&](const auto& s) { return s.id == id; });
  if (last == ended_.end()) return fail(errc::fault_not_found, std::string(id));
  return *last;
}

void fault_board::clear() {
  if (chain_.empty()) return;
  while (!chain_.empty()) end(std::prev(chain_.end()));
  update_state();
  changed_();
}

void fault_board::end(chain::iterator which) {
  const auto gone = *which;
  chain_.erase(which);
  gone->ended = true;
  if (ended_.size() >= kept_ended) ended_.pop_front();
  ended_.push_back(status_of(*gone));
  ended_.back().lease_left = duration::zero();
}

void fault_board::end_expired() {
  const instant now = runtime_.now();
  bool any = false;
  for (auto i = chain_.begin(); i != chain_.end();) {
    if ((*i)->lease_until > now) {
      ++i;
      continue;
    }
    const auto position = i - chain_.begin();
    end(i);
    i = chain_.begin() + position;
    any = true;
  }
  if (!any) return;
  update_state();
  changed_();
}

instant fault_board::next_expiry() const {
  instant next = runtime::never;
  for (const auto& f : chain_) next = std::min(next, f->lease_until);
  return next;
}

void fault_board::update_state() {
  state_ = link_state::normal;
  state_fault_ = nullptr;
  for (const auto& f : chain_) {
    const auto one = state_of(*f);
    if (one <= state_) continue;
    state_ = one;
    state_fault_ = f;
  }
}

faults::fault_status fault_board::status_of(const active_fault& f) const {
  faults::fault_status s;
  s.id = f.id;
  s.type = f.type.name;
  s.touched = f.touched;
  s.injected = f.injected;
  s.skipped = f.skipped;
  s.active = f.active;
  s.lease_left = f.lease_until - runtime_.now();
  return s;
}

std::vector<faults::fault_status> fault_board::status() const {
  std::vector<faults::fault_status> all;
  const instant now = runtime_.now();
  for (const auto& f : chain_) {
    if (f->lease_until > now) all.push_back(status_of(*f));
  }
  return all;
}

request_plan fault_board::decide_request(const faults::call& call) {
  request_plan plan;
  for (const auto& f : chain_) {
    if (f->on_listener || !(f->hooks.requests || f->hooks.responses)) continue;
    const auto ordinal = hit(*f, f->selector.select(call));
    if (!ordinal) continue;
    if (f->hooks.responses) plan.on_response.push_back({f, *ordinal});
    if (!f->hooks.requests) continue;
    auto values = f->values(*ordinal);
    auto verdict = f->behaviour->on_request(call, values);
    if (const auto* delayed = std::get_if<faults::delay>(&verdict)) {
      plan.delay += delayed->by;
      plan.delaying.push_back(f);
    } else if (!std::holds_alternative<faults::pass>(verdict)) {
      plan.verdict = std::move(verdict);
      plan.decider = f;
      break;
    }
  }
  return plan;
}

delay_plan fault_board::decide_response(const std::vector<chosen_fault>& chosen, const http::response& head) {
  delay_plan plan;
  for (const auto& [f, ordinal] : chosen) {
    if (f->ended) continue;
    // The leg back draws on its own.
    auto values = f->values(~ordinal);
    const auto verdict = f->behaviour->on_response(head, values);
    if (const auto* delayed = std::get_if<faults::delay>(&verdict)) {
      plan.delay += delayed->by;
      plan.delaying.push_back(f);
    }
  }
  return plan;
}

delay_plan fault_board::decide_chunk(std::size_t bytes) {
  delay_plan plan;
  const faults::chunk what{bytes};
  for (const auto& f : chain_) {
    if (f->on_listener || !f->hooks.chunks) continue;
    const auto ordinal = hit(*f, f->selector.select_chunk(runtime_.now()));
    if (!ordinal) continue;
    auto values = f->values(*ordinal);
    const auto verdict = f->behaviour->on_chunk(what, values);
    if (const auto* delayed = std::get_if<faults::delay>(&verdict)) {
      plan.delay += delayed->by;
      plan.delaying.push_back(f);
    }
  }
  return plan;
}

}  // namespace epicenter::proxy
