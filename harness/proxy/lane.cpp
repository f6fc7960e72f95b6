#include "harness/proxy/lane.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <epicenter/base/check.hpp>

namespace epicenter::proxy {

lane::lane(runtime::runtime& rt, const route_faults& faults, lane_owner& owner, std::size_t bound,
           std::atomic<std::uint64_t>& written)
    : runtime_(rt),
      faults_(faults),
      owner_(owner),
      written_(written),
      bound_(bound),
      changed_(rt),
      room_(rt) {}

void lane::write_to(runtime::stream& to) {
  to_ = &to;
}

boost::asio::mutable_buffer lane::free_space() {
  if (!ring_) ring_ = std::make_unique_for_overwrite<char[]>(bound_);
  if (size_ == 0) start_ = 0;  // most chunks start at the same bytes then: fewer pages are touched
  const auto end = (start_ + size_) % bound_;
  const auto contiguous = end >= start_ ? bound_ - end : start_ - end;
  return {ring_.get() + end, std::min(contiguous, bound_ - size_)};
}

void lane::commit(std::size_t bytes) {
  size_ += bytes;
  undecided_ += bytes;
}

void lane::put(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto space = free_space();
    const auto part = std::min(space.size(), bytes.size());
    EPICENTER_CHECK(part > 0, "what is put fits");
    std::memcpy(space.data(), bytes.data(), part);
    commit(part);
    bytes.remove_prefix(part);
  }
}

void lane::copy_undecided(std::string& to, std::size_t bytes) const {
  std::size_t from = (start_ + size_ - undecided_) % bound_;
  while (bytes > 0) {
    const auto part = std::min(bytes, bound_ - from);
    to.append(ring_.get() + from, part);
    bytes -= part;
    from = (from + part) % bound_;
  }
}

// ---- from decisions to steps

void lane::add(step s) {
  if (s.kind == what::forward || s.kind == what::discard) {
    // What stands behind bytes that wait for their time may leave with them only where it waits as long.
    if (!s.more && !steps_.empty()) {
      auto& last = steps_.back();
      const instant now = runtime_.now();
      const bool as_due = last.due == s.due || (last.due <= now && s.due <= now);
      const bool mergeable = last.kind == s.kind && !last.more && last.answers == 0;
      if (mergeable && ((as_due && last.by == s.by) || steps_.size() >= most_steps)) {
        last.bytes += s.bytes;
        last.due = std::max(last.due, s.due);
        last.by |= s.by;
        return;
      }
    }
  }
  steps_.push_back(std::move(s));
}

void lane::out_bytes(std::size_t bytes, instant at, fault_mask by) {
  step s;
  s.kind = current_payload_ ? what::insert : what::forward;
  s.bytes = bytes;
  s.due = at;
  s.by = by;
  s.more = std::move(current_more_);
  if (current_payload_) {
    s.payload = current_payload_;
    s.offset = current_offset_;
    current_offset_ += bytes;
  }
  add(std::move(s));
}

void lane::out_dropped(std::size_t bytes) {
  if (current_payload_) {
    current_offset_ += bytes;
    return;
  }
  step s;
  s.kind = what::discard;
  s.bytes = bytes;
  add(std::move(s));
}

void lane::out_end_of_stream(instant at, fault_mask by) {
  step s;
  s.kind = what::end_stream;
  s.due = at;
  s.by = by;
  add(std::move(s));
}

void lane::out_close(instant at, fault_mask by) {
  ending_ = {false, at, by};
  wake();
}

void lane::out_reset(instant at, fault_mask by) {
  ending_ = {true, at, by};
  wake();
}

void lane::run_through(std::size_t bytes, instant due, live_stages* extra, fault_mask by) {
  if (lost_) return out_dropped(bytes);
  if (stages_.empty() && (extra == nullptr || extra->empty())) return out_bytes(bytes, due, by);
  // Bytes come to the stages when they come to the lane; what an earlier verdict delays comes later.
  const instant at = std::max(due, runtime_.now());
  if (extra == nullptr || extra->empty()) return run_bytes(stages_, bytes, at, by, *this);
  struct onwards final : stage_sink {
    explicit onwards(lane& l) : to(l) {}
    void out_bytes(std::size_t n, instant t, fault_mask by) override {
      if (to.lost_) return to.out_dropped(n);
      run_bytes(to.stages_, n, t, by, to);
    }
    void out_dropped(std::size_t n) override {
      to.lost_ = true;
      to.out_dropped(n);
    }
    void out_end_of_stream(instant t, fault_mask by) override { run_end(to.stages_, t, by, to); }
    void out_close(instant t, fault_mask by) override { to.out_close(t, by); }
    void out_reset(instant t, fault_mask by) override { to.out_reset(t, by); }
    lane& to;
  };
  onwards behind(*this);
  run_bytes(*extra, bytes, at, by, behind);
}

void lane::forward(std::size_t bytes, instant due, attachment_ptr more, live_stages* extra, fault_mask by) {
  EPICENTER_CHECK(bytes <= undecided_, "bytes are decided about once");
  undecided_ -= bytes;
  if (bytes == 0) return;
  current_more_ = std::move(more);
  run_through(bytes, due, extra, by);
  current_more_.reset();
}

void lane::discard(std::size_t bytes) {
  EPICENTER_CHECK(bytes <= undecided_, "bytes are decided about once");
  undecided_ -= bytes;
  if (bytes > 0) out_dropped(bytes);
}

void lane::drop_undecided() {
  size_ -= undecided_;  // they are the latest in the ring
  undecided_ = 0;
}

void lane::insert(attachment_ptr payload, instant due, live_stages* extra, fault_mask by) {
  auto bytes = std::make_shared<const std::string>(std::move(payload->payload));
  if (bytes->empty()) return;
  current_payload_ = std::move(bytes);
  current_offset_ = 0;
  current_more_ = std::move(payload);
  run_through(current_payload_->size(), due, extra, by);
  current_more_.reset();
  current_payload_.reset();
}

void lane::end_exchange() {
  if (steps_.empty()) {
    owner_.exchange_answered();
  } else {
    ++steps_.back().answers;
  }
}

void lane::outlive(const live_stages& over) {
  if (over.empty() || steps_.empty()) return;
  auto& more = steps_.back().more;
  if (!more) more = std::make_unique<attachment>();
  for (const auto& s : over) more->staged.push_back(s.held);
}

void lane::end_stream() {
  run_end(stages_, runtime_.now(), 0, *this);
}

void lane::end_by_reset(instant due) {
  step s;
  s.kind = what::reset;
  s.due = due;
  add(std::move(s));
}

void lane::end_by_close(instant due, attachment_ptr more) {
  step s;
  s.kind = what::close;
  s.due = due;
  s.more = std::move(more);
  add(std::move(s));
}

void lane::drop() {
  // The step in work is finished by its writer, which looks for it at the front.
  while (steps_.size() > (writing_ ? 1U : 0U)) steps_.pop_back();
}

// ---- from steps to the peer

bool lane::ready(const step& s) const {
  if (faults_.held()) return false;
  if (to_ == nullptr && s.kind != what::discard && s.kind != what::reset) return false;
  const bool due = s.due <= runtime_.now();
  const auto* more = s.more.get();
  if (s.kind == what::close) {
    return due || owner_.client_has_left() || (more != nullptr && more->held_by && more->held_by->ended);
  }
  return due && (more == nullptr || !more->held_by || more->held_by->ended);
}

bool lane::next_is_ready() const {
  if (!steps_.empty()) return ready(steps_.front());
  return ending_ && ending_->due <= runtime_.now() && !faults_.held();
}

instant lane::next_due() const {
  if (!steps_.empty()) return steps_.front().due;
  return ending_ ? ending_->due : runtime::never;
}

void lane::consume(std::size_t bytes) {
  EPICENTER_CHECK(bytes <= size_, "no more is consumed than is there");
  start_ = (start_ + bytes) % bound_;
  size_ -= bytes;
}

void lane::finish_front() {
  step done = std::move(steps_.front());
  steps_.pop_front();
  if (room_.waiters() > 0) room_.notify_all();
  for (std::uint32_t i = 0; i < done.answers; ++i) owner_.exchange_answered();
}

boost::asio::const_buffer lane::front_bytes() const {
  const auto& front = steps_.front();
  if (front.kind == what::insert) return {front.payload->data() + front.offset, front.bytes};
  return {ring_.get() + start_, std::min(front.bytes, bound_ - start_)};
}

void lane::front_written(std::size_t bytes) {
  auto& front = steps_.front();
  if (front.kind == what::insert) {
    front.offset += bytes;
  } else {
    consume(bytes);
    if (room_.waiters() > 0) room_.notify_all();
  }
  front.bytes -= bytes;
}

/// Steps that move no bytes to the peer; false where the front is of another kind.
bool lane::carry_out_front() {
  if (steps_.empty()) {
    const bool by_reset = ending_->by_reset;
    ending_.reset();
    by_reset ? owner_.tear_down() : owner_.close_both();
    return true;
  }
  auto& front = steps_.front();
  switch (front.kind) {
    case what::forward:
    case what::insert:
      if (!broken_) return false;
      front_written(front_bytes().size());
      if (front.bytes == 0) finish_front();
      return true;
    case what::discard:
      front_written(front.bytes);
      finish_front();
      return true;
    case what::end_stream:
      if (!broken_) to_->shutdown_write();
      ended_ = true;
      finish_front();
      owner_.lane_ended();
      return true;
    case what::reset:
      owner_.tear_down();
      return true;
    case what::close:
      owner_.close_both();
      return true;
  }
  return false;
}

void lane::flush_now() {
  while (!writing_ && !stopped_ && next_is_ready()) {
    if (carry_out_front()) continue;
    const std::array<boost::asio::const_buffer, 1> bytes{front_bytes()};
    const std::size_t sent = to_->try_write(bytes);
    if (sent == 0) return;
    runtime::add_to(written_, sent);
    front_written(sent);
    if (steps_.front().bytes == 0) finish_front();
  }
}

/// One write of the front's bytes; false where the lane was stopped meanwhile.
runtime::task<bool> lane::write_front() {
  const auto bytes = front_bytes();
  // The payload stays, whatever becomes of its step.
  const auto kept = steps_.front().payload;
  auto writing = write_all(*to_, bytes);
  const auto written = co_await std::move(writing);
  if (stopped_) co_return false;
  if (!written) {
    broken_ = true;
    owner_.lane_ended();
    if (stopped_) co_return false;
  } else {
    runtime::add_to(written_, bytes.size());
  }
  front_written(bytes.size());
  if (steps_.front().bytes == 0) finish_front();
  co_return true;
}

runtime::task<> lane::flush() {
  flush_now();
  if (writing_ || stopped_) co_return;
  writing_ = true;
  while (!stopped_ && next_is_ready()) {
    if (carry_out_front()) continue;
    auto writing = write_front();
    const bool goes_on = co_await std::move(writing);
    if (!goes_on) break;
  }
  writing_ = false;
}

runtime::task<> lane::run_writer() {
  while (!stopped_) {
    if (can_flush()) {
      co_await flush();
      continue;
    }
    // While the reader writes, the link is held, or nobody is there to write to, only a wake can change
    // anything.
    instant until = runtime::never;
    if (!writing_ && !faults_.held() && (to_ != nullptr || steps_.empty())) {
      const instant due = next_due();
      if (due > runtime_.now()) until = due;
    }
    const auto woken = co_await changed_.wait(until);
    if (!woken && woken.error() == runtime::make_error_code(runtime::errc::cancelled)) owner_.tear_down();
  }
}

runtime::task<bool> lane::wait_for_room() {
  const auto woken = co_await room_.wait(runtime::never);
  co_return woken.has_value();
}

void lane::stop() {
  stopped_ = true;
  changed_.notify_all();
  room_.notify_all();
}

}  // namespace epicenter::proxy
