// The half of a connection that goes towards the client.
#include <algorithm>

#include "harness/proxy/connection.hpp"
#include "harness/proxy/heads.hpp"
#include "harness/proxy/pace_stage.hpp"

namespace epicenter::proxy {

using fate = pending_exchange::fate;

/// Answers that the proxy gives itself go out when every request before them has been answered.
void connection::emit_ready_answers() {
  while (!exchanges_.empty() && exchanges_.front().what == fate::answered &&
         exchanges_.front().answer_ready) {
    auto& front = exchanges_.front();
    auto more = std::make_unique<attachment>();
    more->payload = std::move(front.answer);
    more->delayed_by = std::move(front.held);
    const bool last = front.last_on_connection;
    const instant due = front.late.lasts() ? front.answer_due : std::min(front.answer_due, shared_.rt.now());
    if (front.record) note_end(front, "injected", front.record->status, due);
    down_.insert(std::move(more), due, &front.stages, down_.bits_of(front.late.because));
    retire(front.stages);
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
  if (e.on_response.empty() || e.what != fate::pass) {
    if (e.what == fate::replaced && !e.on_response.empty()) {
      const auto plan = shared_.faults.decide_response(e.on_response, responses_.response_head());
      e.late = {plan.delay + plan.pace.before_head, plan.delaying};
    }
    if (e.taken) e.taken.reset();
    return;
  }
  auto plan = shared_.faults.decide_response(e.on_response, responses_.response_head());
  if (plan.delay > duration::zero()) e.late = {plan.delay, plan.delaying};
  if (plan.edited) {
    plan.edited->reason.clear();
    if (e.record) e.record->status = plan.edited->status;
  }
  std::size_t head = responses_.head_bytes();
  std::string edited = plan.edited ? head_bytes(*plan.edited) : std::string();
  const auto& pace = plan.pace;
  const bool slow = pace.before_head > duration::zero() || pace.before_body > duration::zero() ||
                    pace.head_rate > 0 || pace.body_rate > 0;
  if (slow && plan.whole.empty()) {
    const auto size = edited.empty() ? head : edited.size();
    const auto& by = plan.delaying.back();
    live_stage paced{by, make_pace_stage(pace, size), down_.bit_of(by), holding(by)};
    e.stages.insert(e.stages.begin(), std::move(paced));
  }
  if (!plan.delaying.empty()) {
    response_attachment_ = std::make_unique<attachment>();
    for (const auto& f : plan.delaying) response_attachment_->delayed_by.emplace_back(f);
  }
  if (!plan.whole.empty()) {
    e.taken->by = std::move(plan.whole);
    e.by = e.taken->by.front().fault;
    return;
  }
  e.taken.reset();
  if (edited.empty()) return;
  auto more = std::move(response_attachment_);
  if (!more) more = std::make_unique<attachment>();
  more->payload = std::move(edited);
  down_.discard(head);
  down_.insert(std::move(more), shared_.rt.now() + e.late.now(), &e.stages, down_.bits_of(e.late.because));
}

void connection::decide_response_bytes(pending_exchange& e, bool interim, std::size_t bytes, instant now) {
  const bool ours = e.what == fate::replaced || e.what == fate::swallowed;
  if (ours && !interim) {
    down_.discard(bytes);
  } else if (!interim && e.taken && !e.taken->by.empty()) {
    take_in(e, bytes, now);
  } else {
    down_.forward(bytes, now + e.late.now(), std::move(response_attachment_), &e.stages,
                  down_.bits_of(e.late.because));
  }
}

/// Keeps the bytes for later; what grows beyond the bound is let go as it came.
void connection::take_in(pending_exchange& e, std::size_t bytes, instant now) {
  down_.copy_undecided(e.taken->raw, bytes);
  down_.discard(bytes);
  if (e.taken->raw.size() <= shared_.options.max_taken_bytes) return;
  for (const auto& [f, ordinal] : e.taken->by) {
    --f->injected;
    ++f->skipped;
  }
  auto more = std::move(response_attachment_);
  if (!more) more = std::make_unique<attachment>();
  more->payload = std::move(e.taken->raw);
  down_.insert(std::move(more), now + e.late.now(), &e.stages, down_.bits_of(e.late.because));
  e.taken.reset();
  e.by.reset();
}

/// The response that was taken in leaves, changed by the first fault that wants to change it. False where the
/// connection ends behind it.
bool connection::deliver(pending_exchange& e, instant now) {
  auto& taken = *e.taken;
  http::response whole = responses_.response_head();
  whole.body = std::move(taken.body);
  const faults::whole_response seen{taken.to, whole, taken.raw, now};
  faults::delivery leaves;
  e.by.reset();
  for (const auto& [f, ordinal] : taken.by) {
    std::optional<faults::delivery> made;
    auto values = f->values(~ordinal - 1);
    if (!e.by && !f->ended) made = f->behaviour->on_whole_response(seen, values);
    if (made) {
      leaves = std::move(*made);
      e.by = f;
    } else {
      --f->injected;
      ++f->skipped;
    }
  }
  auto more = std::move(response_attachment_);
  if (!more) more = std::make_unique<attachment>();
  more->payload = e.by ? std::move(leaves.bytes) : std::move(taken.raw);
  down_.insert(std::move(more), now + e.late.now(), &e.stages, down_.bits_of(e.late.because));
  if (leaves.after == faults::delivery::then::go_on) return true;
  if (leaves.after == faults::delivery::then::reset) {
    down_.end_by_reset(now + e.late.now(), down_.bits_of(e.late.because));
  } else {
    down_.end_by_close(now + e.late.now(), nullptr, down_.bits_of(e.late.because));
  }
  ignore_responses_ = true;
  return false;
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
    auto more = std::move(response_attachment_);
    if (!more) more = std::make_unique<attachment>();
    more->payload = std::move(done.answer);
    for (auto& h : done.held) more->delayed_by.push_back(std::move(h));
    down_.insert(std::move(more), now + done.late.now(), &done.stages, down_.bits_of(done.late.because));
  }
  retire(done.stages);
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
      auto more = std::make_unique<attachment>();
      more->payload = std::move(front.taken->raw);
      down_.insert(std::move(more), now + front.late.now(), &front.stages, down_.bits_of(front.late.because));
    }
    if (dead_ || ignore_responses_) return;
  }
  down_.forward(down_.undecided(), now);
  if (!only_answers_left()) end_responses();
}

}  // namespace epicenter::proxy
