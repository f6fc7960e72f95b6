#include "harness/proxy/route_faults.hpp"

namespace epicenter::proxy {

namespace {

link_state state_of(const active_fault& f) {
  if (!f.on_listener) return link_state::normal;
  if (std::holds_alternative<faults::refuse>(f.connection)) return link_state::refused;
  if (std::holds_alternative<faults::reset>(f.connection)) return link_state::reset;
  if (std::holds_alternative<faults::hold>(f.connection)) return link_state::held;
  return link_state::normal;
}

bool acts_on(const active_fault& f, std::string_view route) {
  return f.route.empty() || f.route == route;
}

bool concerns_beginnings(const active_fault& f) {
  return std::holds_alternative<faults::bad_handshake>(f.connection) ||
         std::holds_alternative<faults::bad_lookup>(f.connection);
}

}  // namespace

link_rule rule_for(const fault_list& all, std::string_view route) {
  link_rule rule;
  for (const auto& f : all) {
    if (!acts_on(*f, route)) continue;
    const auto one = state_of(*f);
    if (one > rule.state) rule = {one, f};
  }
  return rule;
}

route_faults::route_faults(runtime::runtime& rt, std::string route, injection_log& log)
    : runtime_(rt), route_(std::move(route)), log_(log) {}

void route_faults::assign(const fault_list_ptr& all) {
  chain_.clear();
  streams_.clear();
  beginnings_.clear();
  needs_bodies_ = false;
  for (const auto& f : *all) {
    if (!acts_on(*f, route_)) continue;
    if (concerns_beginnings(*f)) {
      beginnings_.push_back(f);
      continue;
    }
    needs_bodies_ = needs_bodies_ || f->selector.needs_body();
    const bool by_request = f->selector.needs_requests();
    const auto& h = f->hooks;
    if (h.stream && !by_request) streams_.push_back(f);
    if (!f->on_listener && (h.requests || h.responses || h.chunks || (h.stream && by_request)))
      chain_.push_back(f);
  }
  rule_ = rule_for(*all, route_);
}

/// Counts; the ordinal of the call that is hit.
std::optional<std::uint64_t> route_faults::hit(active_fault& f, faults::selector::chosen chosen,
                                               const whose& of) {
  if (chosen.what == faults::selector::choice::no_match) return std::nullopt;
  ++f.touched;
  const bool spared =
      chosen.what == faults::selector::choice::spared || (f.max_active > 0 && f.active >= f.max_active);
  ++(spared ? f.skipped : f.injected);
  if (spared) return std::nullopt;
  injection one;
  one.at = runtime_.wall();
  one.fault = f.id;
  one.type = f.type.name;
  one.route = route_;
  one.connection = of.connection;
  one.request = of.request.substr(0, 128);
  log_.add(std::move(one));
  return chosen.ordinal;
}

request_plan route_faults::decide_request(const faults::call& asked, const whose& of) {
  request_plan plan;
  for (const auto& f : chain_) {
    if (!(f->hooks.requests || f->hooks.responses || f->hooks.stream)) continue;
    const faults::call seen{plan.edited ? *plan.edited : asked.head,
                            asked.operation,
                            asked.peer,
                            asked.wall,
                            asked.now,
                            asked.body};
    const auto ordinal = hit(*f, f->selector.select(seen), of);
    if (!ordinal) continue;
    if (f->hooks.responses) plan.on_response.push_back({f, *ordinal});
    if (f->hooks.stream && f->selector.needs_requests()) plan.on_stream.push_back({f, *ordinal});
    if (!f->hooks.requests) continue;
    auto values = f->values(*ordinal);
    auto verdict = f->behaviour->on_request(seen, values);
    if (const auto* delayed = std::get_if<faults::delay>(&verdict)) {
      plan.delay += delayed->by;
      plan.delaying.push_back(f);
    } else if (auto* edit = std::get_if<faults::edit_request>(&verdict)) {
      plan.edited = std::move(edit->head);
    } else if (!std::holds_alternative<faults::pass>(verdict)) {
      plan.verdict = std::move(verdict);
      plan.decider = f;
      break;
    } else if (!f->hooks.responses && !f->hooks.stream) {
      spare(*f);
    }
  }
  return plan;
}

active_fault_ptr route_faults::successor_of(const active_fault& gone) const {
  for (const auto* all : {&chain_, &streams_}) {
    for (const auto& f : *all) {
      if (f->id == gone.id && !f->ended) return f;
    }
  }
  return nullptr;
}

response_plan route_faults::decide_response(const std::vector<chosen_fault>& chosen,
                                            const http::response& head) {
  response_plan plan;
  for (const auto& [f, ordinal] : chosen) {
    if (f->ended) continue;
    // The leg back draws on its own.
    auto values = f->values(~ordinal);
    auto verdict = f->behaviour->on_response(plan.edited ? *plan.edited : head, values);
    if (const auto* delayed = std::get_if<faults::delay>(&verdict)) {
      plan.delay += delayed->by;
      plan.delaying.push_back(f);
    } else if (const auto* slow = std::get_if<faults::pace>(&verdict)) {
      plan.paces.push_back({*slow, f});
    } else if (auto* edit = std::get_if<faults::edit_response>(&verdict)) {
      plan.edited = std::move(edit->head);
    } else if (std::holds_alternative<faults::take_whole>(verdict)) {
      plan.whole.push_back({f, ordinal});
    } else if (!f->hooks.requests) {
      spare(*f);
    }
  }
  return plan;
}

delay_plan route_faults::decide_chunk(std::size_t bytes, const whose& of) {
  delay_plan plan;
  const faults::chunk what{bytes};
  for (const auto& f : chain_) {
    if (!f->hooks.chunks) continue;
    const auto ordinal = hit(*f, f->selector.select_chunk(runtime_.now()), of);
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

std::optional<std::uint64_t> route_faults::decide_stream(active_fault& f, std::string_view peer,
                                                         const whose& of) {
  return hit(f, f.selector.select_connection(peer, runtime_.now()), of);
}

template <class Verdict>
std::optional<Verdict> route_faults::decide_beginning(std::string_view peer, const whose& of) {
  for (const auto& f : beginnings_) {
    const auto* what = std::get_if<Verdict>(&f->connection);
    if (what != nullptr && hit(*f, f->selector.select_connection(peer, runtime_.now()), of)) return *what;
  }
  return std::nullopt;
}

std::optional<faults::bad_handshake> route_faults::decide_handshake(std::string_view peer, const whose& of) {
  return decide_beginning<faults::bad_handshake>(peer, of);
}

std::optional<faults::bad_lookup> route_faults::decide_lookup(std::string_view peer, const whose& of) {
  return decide_beginning<faults::bad_lookup>(peer, of);
}

}  // namespace epicenter::proxy
