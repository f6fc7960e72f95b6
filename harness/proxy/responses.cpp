// The half of a connection that goes towards the client.
#include <algorithm>

#include "harness/proxy/connection.hpp"
#include "harness/proxy/heads.hpp"

namespace epicenter::proxy {

using fate = pending_exchange::fate;

/// Answers that the proxy gives itself go out when every request before them has been answered.
void connection::emit_ready_answers() {
  while (!exchanges_.empty() && exchanges_.front().what == fate::answered &&
         exchanges_.front().answer_ready) {
    auto& front = exchanges_.front();
    const bool last = front.last_on_connection;
    if (front.record) note_end(front, "injected", front.record->status, front.answer_due);
    const instant due = front.response.due(front.answer_due);
    for (auto& f : front.delayed_request) front.response.because.push_back(std::move(f));
    emit(front, std::move(front.answer), due);
    down_.outlive(front.stages);
    retire(std::move(front.stages), retired_down_);
    down_.end_exchange();
    exchanges_.pop_front();
    if (last) {
      end_responses();
      ignore_responses_ = true;
      if (!ignore_requests_) stop_reading_requests();
      return;
    }
  }
  if (upstream_left_ && !ignore_responses_ && !only_answers_left()) end_responses();
}

void connection::end_responses() {
  if (!std::exchange(responses_ended_, true)) down_.end_stream();
}

/// True where what is owed to the client is owed by the proxy alone.
bool connection::only_answers_left() const {
  if (exchanges_.empty()) return false;
  for (const auto& e : exchanges_) {
    if (e.what != fate::answered) return false;
  }
  return true;
}

/// Makes the framer ready for the next message; false where it cannot be one, or where the connection was
/// given up.
bool connection::expect_response() {
  emit_ready_answers();
  if (exchanges_.empty()) {
    // The upstream speaks unasked: this is no HTTP/1.1 any more.
    become_opaque(shared_.rt.now());
    return false;
  }
  auto& front = exchanges_.front();
  if (front.what == fate::answered) {
    tear_down();
    return false;
  }
  if (!front.announced) responses_.expect_response_to(front.method);
  front.announced = true;
  return true;
}

/// True where the proxy owes the client what did not come from the upstream as it is.
bool connection::owes_answers() const {
  const auto& front = exchanges_.front();
  if (front.head_seen && front.taken && !front.taken->by.empty()) return true;
  return std::any_of(exchanges_.begin(), exchanges_.end(),
                     [](const pending_exchange& e) { return e.what != fate::pass; });
}

void connection::take_response_bytes(std::string_view fresh) {
  const instant now = shared_.rt.now();
  while (!fresh.empty() && !dead_ && !opaque_down_ && !ignore_responses_) {
    if (responses_.idle() && !expect_response()) continue;
    auto& front = exchanges_.front();
    const bool wanted = front.taken && (!front.head_seen || !front.taken->by.empty());
    const auto fed = responses_.feed(fresh, wanted ? &front.taken->body : nullptr);
    if (!fed || (*fed == 0 && !responses_.done())) {
      // Where answers are owed, nobody can tell any more where they belong.
      if (owes_answers()) return tear_down();
      become_opaque(now);
      break;
    }
    fresh.remove_prefix(*fed);
    if (!responses_.head_done()) break;
    const auto status = responses_.response_head().status;
    const bool interim = status / 100 == 1 && status != 101;
    const auto bytes = down_.undecided() - fresh.size();
    note_response(front, bytes, interim, now);
    if (!interim && !front.head_seen) begin_response(front);
    decide_response_bytes(front, interim, down_.undecided() - fresh.size(), now);
    if (!dead_ && responses_.done()) end_response(now);
  }
  if (dead_) return;
  if (ignore_responses_) {
    down_.drop_undecided();
  } else if (opaque_down_) {
    relay_response_bytes(now);
  }
}

void connection::begin_response(pending_exchange& e) {
  e.head_seen = true;
  if (e.on_response.empty() || (e.what != fate::pass && e.what != fate::replaced)) {
    e.taken.reset();
    return;
  }
  auto plan = shared_.faults.decide_response(e.on_response, responses_.response_head());
  e.response = {plan.delay, plan.delaying};
  e.paces = std::move(plan.paces);
  if (e.what == fate::replaced) {
    e.taken.reset();
    return;
  }
  if (plan.edited) {
    plan.edited->reason.clear();
    if (e.record) e.record->status = plan.edited->status;
  }
  if (!plan.delaying.empty()) {
    response_attachment_ = std::make_unique<attachment>();
    for (const auto& f : plan.delaying) response_attachment_->delayed_by.emplace_back(f);
  }
  std::string edited = plan.edited ? head_bytes(*plan.edited) : std::string();
  if (plan.edited) down_.discard(responses_.head_bytes());
  if (!plan.whole.empty()) {
    e.taken->by = std::move(plan.whole);
    e.taken->raw = std::move(edited);
    e.taken->edited = std::move(plan.edited);
    e.by = e.taken->by.front().fault;
    return;
  }
  e.taken.reset();
  if (plan.edited) return emit(e, std::move(edited), e.response.due(shared_.rt.now()));
  begin_paces(e, responses_.head_bytes());
}

/// Faults that act on the way back act on an answer that the proxy gives itself, as far as that can be.
void connection::decide_own_response(pending_exchange& e, http::response& own) {
  if (e.on_response.empty()) return;
  auto plan = shared_.faults.decide_response(e.on_response, own);
  if (plan.edited) own = std::move(*plan.edited);
  for (const auto& [f, ordinal] : plan.whole) spare(*f);
  for (const auto& f : plan.delaying) e.held.emplace_back(f);
  e.response = {plan.delay, std::move(plan.delaying)};
  e.paces = std::move(plan.paces);
}

void connection::decide_response_bytes(pending_exchange& e, bool interim, std::size_t bytes, instant now) {
  const bool ours = e.what == fate::replaced || e.what == fate::swallowed;
  if (ours && !interim) {
    down_.discard(bytes);
  } else if (!interim && e.taken && !e.taken->by.empty()) {
    take_in(e, bytes, now);
  } else {
    down_.forward(bytes, e.response.due(now), std::move(response_attachment_), &e.stages,
                  down_.bits_of(e.response.because));
  }
}

void connection::end_response(instant now) {
  auto& front = exchanges_.front();
  const auto status = responses_.response_head().status;
  if (status / 100 == 1 && status != 101) {
    responses_.next();
    return;
  }
  const bool upgraded = responses_.upgrades();
  const bool last = responses_.closes_connection();
  const bool goes_on = !front.taken || front.taken->by.empty() || deliver(front, now);
  responses_.next();
  auto done = std::move(exchanges_.front());
  exchanges_.pop_front();
  if (done.what == fate::swallowed) {
    note_end(done, "lost", 0, now);
    auto more = std::make_unique<attachment>();
    more->delayed_by = std::move(done.held);
    more->held_by = done.by;
    const bool forever = !done.close_after;
    const instant due = forever ? runtime::never : now + *done.close_after;
    down_.end_by_close(due, std::move(more));
    ignore_responses_ = true;
    return;
  }
  if (done.what == fate::replaced) {
    for (const auto& f : done.response.because) done.held.emplace_back(f);
    emit(done, std::move(done.answer), done.response.due(now));
  }
  down_.outlive(done.stages);
  retire(std::move(done.stages), retired_down_);
  const char* outcome = done.by ? "injected" : "answered";
  if (done.record) note_end(done, upgraded ? "upgraded" : outcome, done.record->status, now);
  if (!goes_on) return;
  down_.end_exchange();
  if (done.what == fate::replaced && (last || done.last_on_connection)) {
    end_responses();
    ignore_responses_ = true;
    return;
  }
  if (upgraded) return become_opaque(now);
  emit_ready_answers();
}

void connection::relay_response_bytes(instant now) {
  const auto bytes = down_.undecided();
  if (bytes == 0) return;
  const auto plan = shared_.faults.decide_chunk(bytes, of());
  attachment_ptr more;
  if (!plan.delaying.empty()) {
    more = std::make_unique<attachment>();
    for (const auto& f : plan.delaying) more->delayed_by.emplace_back(f);
  }
  down_.forward(bytes, now + plan.delay, std::move(more), nullptr, down_.bits_of(plan.delaying));
}

void connection::upstream_ended(const error& why) {
  upstream_left_ = true;
  const instant now = shared_.rt.now();
  const bool in_order = why == runtime::make_error_code(runtime::errc::end_of_stream);
  if (!in_order && why != runtime::make_error_code(runtime::errc::reset)) {
    tear_down();
    return;
  }
  // The connection to the client ends as already decided.
  if (ignore_responses_) return;
  if (!in_order) {
    down_.forward(down_.undecided(), now);
    down_.end_by_reset(now);
    return;
  }
  // A body that lasts to the end of the stream is complete now; one that was cut short is passed on as it is.
  if (!opaque_down_ && !responses_.idle() && !exchanges_.empty()) {
    const auto complete = responses_.end_of_stream();
    if (complete && responses_.done()) {
      end_response(now);
    } else if (auto& front = exchanges_.front(); front.taken && !front.taken->by.empty()) {
      let_go(front, now);
    }
    if (dead_ || ignore_responses_) return;
  }
  down_.forward(down_.undecided(), now);
  if (!only_answers_left()) end_responses();
}

}  // namespace epicenter::proxy
