// The half of a connection that goes towards the upstream.
#include <algorithm>
#include <array>
#include <epicenter/base/check.hpp>
#include <epicenter/http/serialise.hpp>

#include "harness/faults/operation.hpp"
#include "harness/proxy/connection.hpp"
#include "harness/proxy/heads.hpp"

namespace epicenter::proxy {

namespace {

using fate = pending_exchange::fate;

/// The answer as bytes. It names the fault, so that an injected failure is never taken for an organic one.
std::string answer_bytes(http::response answer, const active_fault& by, const http::request& to,
                         bool closes) {
  answer.fields.add("X-Epicenter-Fault", by.id);
  http::response_context context;
  context.to_head = to.method == "HEAD";
  context.closes = closes;
  std::string bytes;
  const auto written = http::append_head(bytes, answer, context);
  EPICENTER_CHECK(written.has_value(), "answers of faults are well formed");
  if (!context.to_head) bytes += answer.body;
  return bytes;
}

attachment_ptr delayed(const std::vector<active_fault_ptr>& by) {
  if (by.empty()) return nullptr;
  auto more = std::make_unique<attachment>();
  for (const auto& f : by) more->delayed_by.emplace_back(f);
  return more;
}

}  // namespace

bool connection::looks_like_http(std::string_view fresh) {
  static constexpr std::array<std::string_view, 9> methods{
      "GET ", "HEAD ", "POST ", "PUT ", "PATCH ", "DELETE ", "OPTIONS ", "CONNECT ", "TRACE "};
  static constexpr std::size_t longest = 8;
  if (first_bytes_.size() >= longest) return true;
  first_bytes_.append(fresh.substr(0, longest - first_bytes_.size()));
  return std::any_of(methods.begin(), methods.end(), [&](std::string_view m) {
    const auto common = std::min(m.size(), first_bytes_.size());
    return m.substr(0, common) == std::string_view(first_bytes_).substr(0, common);
  });
}

/// A client of HTTP/1.1 sends its next request when it has the answer to the last: bytes that look like one
/// are one, and what the upstream sends then is the answer.
void connection::resume_http(std::string_view fresh) {
  constexpr std::size_t enough = 8;
  first_bytes_.clear();
  if (fresh.size() < enough || !looks_like_http(fresh)) return;
  resumes_ = opaque_up_ = opaque_down_ = false;
}

void connection::become_opaque(instant now) {
  opaque_down_ = opaque_up_ = true;
  up_.forward(up_.undecided(), now);
}

void connection::take_request_bytes(std::string_view fresh) {
  const instant now = shared_.rt.now();
  if (ignore_requests_) {
    up_.drop_undecided();
    return;
  }
  if (resumes_) resume_http(fresh);
  if (!opaque_up_ && !looks_like_http(fresh)) opaque_up_ = true;
  find_requests(fresh, now);
  if (!dead_ && !ignore_requests_ && opaque_up_) up_.forward(up_.undecided(), now);
}

void connection::find_requests(std::string_view fresh, instant now) {
  while (!opaque_up_ && !fresh.empty()) {
    if (requests_.idle()) {
      body_wanted_ = shared_.faults.needs_bodies();
      request_body_.clear();
    }
    const auto fed = requests_.feed(fresh, body_wanted_ ? &request_body_ : nullptr);
    if (!fed || (*fed == 0 && !requests_.done())) {
      // The rest of a request that the upstream must not see: nobody can tell where it ends.
      if (arriving_ && arriving_->discarded) return tear_down();
      opaque_up_ = true;
      return;
    }
    fresh.remove_prefix(*fed);
    // Bytes of a head that is not complete stay undecided: a fault decides about the request as a whole.
    if (requests_.head_done() && !arriving_ && !waits_for_body()) begin_request(now);
    if (dead_ || ignore_requests_) return;
    if (arriving_) forward_request_bytes(up_.undecided() - fresh.size(), now);
    if (dead_) return;
    if (requests_.done()) {
      end_request(now);
      requests_.next();
      if (dead_ || ignore_requests_) return;
    }
  }
}

/// Where a fault selects by the body, the request is decided about when it is whole, if it fits in the lane.
bool connection::waits_for_body() const {
  if (!body_wanted_ || requests_.done() || requests_.request_head().fields.contains("Expect")) return false;
  return up_.undecided() < shared_.options.buffer_bytes * 3 / 4;
}

void connection::forward_request_bytes(std::size_t bytes, instant now) {
  if (!exchanges_.empty() && exchanges_.back().record) exchanges_.back().record->request_bytes += bytes;
  if (arriving_->discarded) {
    up_.discard(bytes);
  } else {
    const auto& late = arriving_->request;
    up_.forward(bytes, late.due(now), std::move(request_attachment_), &arriving_->stages,
                up_.bits_of(late.because));
  }
}

void connection::begin_request(instant now) {
  const auto& head = requests_.request_head();
  pending_exchange& fresh = exchanges_.emplace_back();
  fresh.number = ++last_number_;
  fresh.method = head.method;
  ++unanswered_;
  add_to(shared_.counters.in_flight, 1);
  add_to(shared_.counters.requests, 1);
  arriving_.emplace();
  arriving_->number = fresh.number;
  if (shared_.faults.empty() && shared_.recorder == nullptr) return;

  const auto operation = faults::operation_of(head.method, head.target);
  note_request(fresh, head, operation, now);
  if (shared_.faults.empty()) return;
  const std::string* body = body_wanted_ && requests_.done() ? &request_body_ : nullptr;
  const faults::call call{head, operation, sides_.peer, shared_.rt.wall(), now, body};
  auto plan = shared_.faults.decide_request(call, of(head.fields.get("X-Request-Id")));
  arriving_->request = {plan.delay, plan.delaying};
  if (!plan.on_stream.empty()) {
    attach_stages_for(*arriving_, fresh, plan.on_stream);
  }
  if (!plan.on_response.empty()) {
    fresh.on_response = std::move(plan.on_response);
    fresh.taken = std::make_unique<taken_response>();
    fresh.taken->to = head;
  }
  attachment_ptr more = delayed(plan.delaying);
  if (std::holds_alternative<faults::hold>(plan.verdict)) {
    if (!more) more = std::make_unique<attachment>();
    more->delayed_by.emplace_back(plan.decider);
    more->held_by = plan.decider;
  } else if (plan.decider) {
    carry_out(std::move(plan.verdict), std::move(plan.decider), fresh, plan.delaying, now);
  }
  if (dead_ || ignore_requests_ || arriving_->discarded) return;
  if (plan.edited) {
    if (!more) more = std::make_unique<attachment>();
    more->payload = head_bytes(*plan.edited);
    if (fresh.record) fresh.record->request_bytes += requests_.head_bytes();
    up_.discard(requests_.head_bytes());
    up_.insert(std::move(more), now + plan.delay, &arriving_->stages, up_.bits_of(plan.delaying));
  }
  request_attachment_ = std::move(more);
}

void connection::carry_out(faults::request_verdict verdict, active_fault_ptr by, pending_exchange& fresh,
                           const std::vector<active_fault_ptr>& delaying, instant now) {
  const auto& head = requests_.request_head();
  fresh.by = by;
  if (std::holds_alternative<faults::reset>(verdict)) {
    up_.drop_undecided();
    up_.end_by_reset(arriving_->request.due(now));
    ignore_requests_ = true;
    return;
  }
  fresh.held.emplace_back(by);
  if (const auto* swallowed = std::get_if<faults::swallow>(&verdict)) {
    fresh.what = fate::swallowed;
    fresh.close_after = swallowed->close_after;
    return;
  }
  auto* made = std::get_if<faults::answer>(&verdict);
  EPICENTER_CHECK(made != nullptr, "every verdict is carried out");
  // RFC 9110, section 10.1.1: with a final status in place of 100 the client may send the body or not, so
  // that nothing after it on this connection could be told apart.
  if (!made->committed) decide_own_response(fresh, made->response);
  const bool expects = !made->committed && head.fields.contains("Expect");
  fresh.last_on_connection = requests_.closes_connection() || expects;
  if (fresh.record) fresh.record->status = made->response.status;
  fresh.answer = answer_bytes(std::move(made->response), *by, head, fresh.last_on_connection);
  fresh.what = made->committed ? fate::replaced : fate::answered;
  if (made->committed) return;
  // The answer comes as late as it would have: what delays the request is counted with the answer.
  fresh.delayed_request = delaying;
  for (const auto& f : delaying) fresh.held.emplace_back(f);
  arriving_->discarded = true;
  if (!expects) return;
  fresh.answer_ready = true;
  fresh.answer_due = arriving_->request.due(now);
  emit_ready_answers();
}

void connection::end_request(instant now) {
  const auto number = arriving_->number;
  const auto late = std::move(arriving_->request);
  const bool discarded = arriving_->discarded;
  up_.outlive(arriving_->stages);
  retire(std::move(arriving_->stages), retired_up_);
  arriving_.reset();
  if (exchanges_.empty() || exchanges_.back().number != number) return;
  auto& last = exchanges_.back();
  if (last.record) last.record->request_took = now.time_since_epoch() - last.record->took;
  if (!discarded) return;
  last.answer_ready = true;
  last.answer_due = late.due(now);
  emit_ready_answers();
}

/// What comes after the last answer of a connection is not asked for any more.
void connection::stop_reading_requests() {
  ignore_requests_ = true;
  up_.drop_undecided();
  up_.end_stream();
}

/// A request of which the upstream sees nothing, and whose end will not come: nobody answers it.
void connection::give_up_half_request() {
  if (!arriving_ || !arriving_->discarded) return;
  const auto number = arriving_->number;
  arriving_.reset();
  if (exchanges_.empty() || exchanges_.back().number != number) return;
  auto& half = exchanges_.back();
  if (half.record) half.record->status = 0;
  note_end(half, "cut", 0, shared_.rt.now());
  exchanges_.pop_back();
  exchange_answered();
  emit_ready_answers();
}

void connection::client_ended(const error& why) {
  client_left_ = true;
  const bool in_order = why == runtime::make_error_code(runtime::errc::end_of_stream);
  if (in_order && ignore_requests_) return lane_ended();
  if (!in_order && why != runtime::make_error_code(runtime::errc::reset)) {
    tear_down();
    return;
  }
  // Nothing of a client that is gone before the upstream was reached is sent for it.
  if (!in_order && !sides_.upstream) return tear_down();
  up_.forward(up_.undecided(), shared_.rt.now());
  if (in_order) {
    give_up_half_request();
    if (!dead_) up_.end_stream();
    return;
  }
  // A reset passes on behind the bytes that are on their way. A silent link loses both: nobody sends them
  // again.
  if (shared_.faults.held()) up_.drop();
  up_.end_by_reset(shared_.rt.now());
}

}  // namespace epicenter::proxy
