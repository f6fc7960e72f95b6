// The half of a connection that goes towards the client.
#include "harness/proxy/connection.hpp"

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
    down_.insert(std::move(more), front.answer_due);
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
    opaque_down_ = opaque_up_ = true;
    up_.forward(up_.undecided(), shared_.rt.now());
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

void connection::take_response_bytes(std::string_view fresh) {
  const instant now = shared_.rt.now();
  while (!fresh.empty() && !dead_ && !opaque_down_ && !ignore_responses_) {
    if (responses_.idle() && !expect_response()) continue;
    const auto fed = responses_.feed(fresh);
    if (!fed || (*fed == 0 && !responses_.done())) {
      // Where answers are owed, nobody can tell any more where they belong.
      if (exchanges_.front().what != fate::pass) return tear_down();
      opaque_down_ = opaque_up_ = true;
      up_.forward(up_.undecided(), now);
      break;
    }
    fresh.remove_prefix(*fed);
    if (!responses_.head_done()) break;
    auto& front = exchanges_.front();
    const auto status = responses_.response_head().status;
    const bool interim = status / 100 == 1 && status != 101;
    if (!interim && !front.head_seen) begin_response(front);
    decide_response_bytes(front, interim, down_.undecided() - fresh.size(), now);
    if (responses_.done()) end_response(now);
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
  if (e.on_response.empty()) return;
  const auto plan = shared_.board.decide_response(e.on_response, responses_.response_head());
  e.response_delay = plan.delay;
  if (plan.delaying.empty()) return;
  response_attachment_ = std::make_unique<attachment>();
  for (const auto& f : plan.delaying) response_attachment_->delayed_by.emplace_back(f);
}

void connection::decide_response_bytes(const pending_exchange& e, bool interim, std::size_t bytes,
                                       instant now) {
  const bool ours = e.what == fate::replaced || e.what == fate::swallowed;
  if (ours && !interim) {
    down_.discard(bytes);
  } else {
    down_.forward(bytes, now + e.response_delay, std::move(response_attachment_));
  }
}

void connection::end_response(instant now) {
  const auto status = responses_.response_head().status;
  const bool upgraded = responses_.upgrades();
  const bool last = responses_.closes_connection();
  responses_.next();
  if (status / 100 == 1 && status != 101) return;
  auto done = std::move(exchanges_.front());
  exchanges_.pop_front();
  if (done.what == fate::swallowed) {
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
    down_.insert(std::move(more), now + done.response_delay);
  }
  down_.end_exchange();
  if (done.what == fate::replaced && (last || done.last_on_connection)) {
    end_responses();
    ignore_responses_ = true;
    return;
  }
  if (upgraded) {
    opaque_down_ = opaque_up_ = true;
    up_.forward(up_.undecided(), now);
    return;
  }
  emit_ready_answers();
}

void connection::relay_response_bytes(instant now) {
  const auto bytes = down_.undecided();
  if (bytes == 0) return;
  const auto plan = shared_.board.decide_chunk(bytes);
  attachment_ptr more;
  if (!plan.delaying.empty()) {
    more = std::make_unique<attachment>();
    for (const auto& f : plan.delaying) more->delayed_by.emplace_back(f);
  }
  down_.forward(bytes, now + plan.delay, std::move(more));
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
    if (complete && responses_.done()) end_response(now);
    if (ignore_responses_) return;
  }
  down_.forward(down_.undecided(), now);
  if (!only_answers_left()) end_responses();
}

}  // namespace epicenter::proxy
