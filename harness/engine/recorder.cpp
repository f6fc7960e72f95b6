#include "harness/engine/recorder.hpp"

namespace epicenter::engine {
namespace {

verdict::call_purpose purpose_of(epic::call_purpose p) {
  switch (p) {
    case epic::call_purpose::operation:
      return verdict::call_purpose::operation;
    case epic::call_purpose::reconcile:
      return verdict::call_purpose::reconcile;
    case epic::call_purpose::token:
      return verdict::call_purpose::token;
    case epic::call_purpose::probe:
      return verdict::call_purpose::probe;
  }
  return verdict::call_purpose::operation;
}

std::string upper(std::string_view word) {
  std::string text(word);
  for (auto& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

}  // namespace

recorder::recorder(runtime::runtime& rt, instant start) : runtime_(rt), start_(start), more_in_flight_(rt) {
  for (const auto c : resilience::all_endpoint_classes) seen.classes.emplace_back(name_of(c));
}

void recorder::on_event(const epic::event& e) {
  std::visit([&](const auto& what) { take(what, e.at); }, e.what);
}

void recorder::note(std::string event, std::string detail) {
  seen.texts.push_back({"events.jsonl", event + " " + detail});
  timeline.push_back({runtime_.now() - start_, std::move(event), std::move(detail)});
}

runtime::task<result<>> recorder::wait_for_in_flight(std::size_t at_least, instant deadline) {
  while (in_flight() < at_least) {
    auto woken = co_await more_in_flight_.wait(deadline);
    if (!woken) co_return fail(std::move(woken.error()));
  }
  co_return result<>{};
}

void recorder::take(const epic::events::call_started& e, instant at) {
  verdict::call_sample call;
  call.id = e.id.to_string();
  call.started = at;
  call.purpose = purpose_of(e.purpose);
  call.endpoint_class = static_cast<std::uint8_t>(index_of(e.endpoint));
  call.first_send = e.id.attempt <= 1;
  call.token = e.token;
  call.token_expires_at = e.token_expires_at;
  open_[call.id] = seen.calls.size();
  seen.calls.push_back(std::move(call));
  more_in_flight_.notify_all();
}

void recorder::take(const epic::events::call_ended& e, instant at) {
  const auto it = open_.find(e.id.to_string());
  if (it == open_.end()) return;
  auto& call = seen.calls[it->second];
  call.ended = at;
  call.status = e.status;
  call.connect_failed = e.failure == "connect_failed";
  open_.erase(it);
}

void recorder::take(const epic::events::token_refreshed& e, instant at) {
  seen.token_refreshes.push_back({at});
  seen.events.push_back({at, "token.refreshed"});
  note("token.refreshed", "token " + std::to_string(e.token) + ", valid for " + format_duration(e.lifetime));
}

void recorder::take(const epic::events::token_refresh_failed& e, instant at) {
  seen.events.push_back({at, "token.refresh_failed"});
  note("token.refresh_failed", std::string(e.why));
}

void recorder::take(const epic::events::token_invalidated& e, instant at) {
  seen.events.push_back({at, "token.invalidated"});
  note("token.invalidated", "token " + std::to_string(e.token));
}

void recorder::take(const epic::events::circuit_changed& e, instant at) {
  if (e.change.from == e.change.to) return;  // the loss of one probe changes no state
  verdict::circuit_sample s;
  s.at = at;
  s.endpoint_class = static_cast<std::uint8_t>(index_of(e.endpoint));
  s.from = name_of(e.change.from);
  s.to = name_of(e.change.to);
  s.cause = name_of(e.change.cause);
  s.legal = resilience::is_legal_transition(e.change.from, e.change.to, e.change.cause);
  seen.circuits.push_back(s);
  seen.events.push_back({at, "circuit.changed"});
  note("circuit.changed", std::string(name_of(e.endpoint)) + ": " + upper(s.from) + " to " + upper(s.to) +
                              " by " + std::string(s.cause));
}

void recorder::take(const epic::events::degradation_activated& e, instant at) {
  seen.events.push_back({at, "degradation.activated"});
  note("degradation.activated",
       std::string(e.component) + " serves " + std::string(e.mode) + ", because " + std::string(e.reason));
}

void recorder::take(const epic::events::degradation_deactivated& e, instant at) {
  seen.events.push_back({at, "degradation.deactivated"});
  note("degradation.deactivated", std::string(e.component) + " after " + format_duration(e.lasted) + ", " +
                                      std::to_string(e.served_stale) + " served stale, " +
                                      std::string(e.reason));
}

void recorder::take(const epic::events::stale_served& e, instant at) {
  seen.stale.push_back({at, e.operation, e.age, e.bound});
  seen.events.push_back({at, "stale.served"});
}

void recorder::take(const epic::events::write_changed& e, instant) {
  if (e.state == "NEEDS_REVIEW" || e.state == "DUPLICATE") {
    note("write." + std::string(e.state), e.operation + ": " + std::string(e.reason));
  }
}

void recorder::take(const epic::events::safety_alarm& e, instant at) {
  seen.events.push_back({at, "safety.alarm"});
  note("safety.alarm", std::string(e.what) + ": " + std::string(e.resource) + " of " + e.operation);
}

void recorder::take(const epic::events::quota_parked& e, instant at) {
  seen.events.push_back({at, "quota.parked"});
  note("quota.parked", std::string(e.resource));
}

void recorder::take(const epic::events::key_changed& e, instant at) {
  seen.events.push_back({at, std::string(e.what)});
  note(std::string(e.what), e.kid);
}

void recorder::take(const epic::events::access_warning& e, instant at) {
  seen.events.push_back({at, "access.warning"});
  std::string detail(e.what);
  if (!e.reason.empty()) detail += " (" + std::string(e.reason) + ")";
  note("access.warning", detail + ": " + e.detail);
}

}  // namespace epicenter::engine
