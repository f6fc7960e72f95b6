// What leaves towards the client in place of the bytes that came: answers, changed heads, and responses that
// were taken in as a whole.
#include "harness/proxy/connection.hpp"
#include "harness/proxy/pace_stage.hpp"

namespace epicenter::proxy {

/// The answer leaves no faster than the faults want it to; `head_bytes` of it are its head.
void connection::begin_paces(pending_exchange& e, std::size_t head_bytes) {
  live_stages slow;
  for (const auto& [pace, f] : e.paces) {
    if (f->ended) continue;
    auto held = std::make_shared<const holding>(f);
    slow.push_back({f, make_pace_stage(pace, head_bytes), down_.bit_of(f), std::move(held)});
  }
  e.paces.clear();
  for (auto& s : e.stages) slow.push_back(std::move(s));
  e.stages = std::move(slow);
}

/// Bytes from here on behalf of the exchange: an answer, or the head of one.
void connection::emit(pending_exchange& e, std::string bytes, instant due) {
  constexpr std::string_view end_of_head = "\r\n\r\n";
  const auto end = bytes.find(end_of_head);
  begin_paces(e, end == std::string::npos ? bytes.size() : end + end_of_head.size());
  auto more = std::move(response_attachment_);
  if (!more) more = std::make_unique<attachment>();
  more->payload = std::move(bytes);
  for (auto& h : e.held) more->delayed_by.push_back(std::move(h));
  e.held.clear();
  down_.insert(std::move(more), due, &e.stages, down_.bits_of(e.response.because));
}

/// What was taken in leaves as it came.
void connection::let_go(pending_exchange& e, instant now) {
  for (const auto& [f, ordinal] : e.taken->by) spare(*f);
  const auto taken = std::move(e.taken);
  e.by.reset();
  emit(e, std::move(taken->raw), e.response.due(now));
}

/// Keeps the bytes for later; what grows beyond the bound is let go as it came.
void connection::take_in(pending_exchange& e, std::size_t bytes, instant now) {
  down_.copy_undecided(e.taken->raw, bytes);
  down_.discard(bytes);
  if (e.taken->raw.size() > shared_.options.max_taken_bytes) let_go(e, now);
}

/// The response that was taken in leaves, changed by the first fault that wants to change it. False where the
/// connection ends behind it.
bool connection::deliver(pending_exchange& e, instant now) {
  auto& taken = *e.taken;
  http::response whole = taken.edited ? *taken.edited : responses_.response_head();
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
      spare(*f);
    }
  }
  emit(e, e.by ? std::move(leaves.bytes) : std::move(taken.raw), e.response.due(now));
  if (leaves.after == faults::delivery::then::go_on) return true;
  if (leaves.after == faults::delivery::then::reset) {
    down_.end_by_reset(e.response.due(now));
  } else {
    down_.end_by_close(e.response.due(now), nullptr);
  }
  ignore_responses_ = true;
  return false;
}

}  // namespace epicenter::proxy
