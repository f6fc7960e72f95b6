#include "harness/proxy/lane.hpp"

#include <algorithm>
#include <epicenter/base/check.hpp>

namespace epicenter::proxy {

lane::lane(runtime::runtime& rt, const fault_board& board, lane_owner& owner, std::size_t bound)
    : runtime_(rt),
      board_(board),
      owner_(owner),
      ring_(std::make_unique_for_overwrite<char[]>(bound)),
      bound_(bound),
      changed_(rt),
      room_(rt) {}

void lane::write_to(runtime::stream& to) {
  to_ = &to;
}

boost::asio::mutable_buffer lane::free_space() {
  if (size_ == 0) start_ = 0;  // most chunks start at the same bytes then: fewer pages are touched
  const auto end = (start_ + size_) % bound_;
  const auto contiguous = end >= start_ ? bound_ - end : start_ - end;
  return {ring_.get() + end, std::min(contiguous, bound_ - size_)};
}

void lane::commit(std::size_t bytes) {
  size_ += bytes;
  undecided_ += bytes;
}

void lane::add(step s) {
  last_due_ = std::max(last_due_, s.due);
  s.due = last_due_;
  steps_.push_back(std::move(s));
}

void lane::decide(std::size_t bytes, what kind, instant due, attachment_ptr more) {
  EPICENTER_CHECK(bytes <= undecided_, "bytes are decided about once");
  undecided_ -= bytes;
  if (bytes == 0) return;
  const instant at = std::max(due, last_due_);
  if (!more && !steps_.empty()) {
    auto& last = steps_.back();
    const bool already_due = last.due <= runtime_.now() && at <= runtime_.now();
    if (last.kind == kind && !last.more && last.answers == 0 && (last.due == at || already_due)) {
      last.bytes += bytes;
      return;
    }
  }
  step s;
  s.kind = kind;
  s.bytes = bytes;
  s.due = at;
  s.more = std::move(more);
  add(std::move(s));
}

void lane::forward(std::size_t bytes, instant due, attachment_ptr more) {
  decide(bytes, what::forward, due, std::move(more));
}

void lane::discard(std::size_t bytes) {
  decide(bytes, what::discard, last_due_, nullptr);
}

void lane::drop_undecided() {
  size_ -= undecided_;  // they are the latest in the ring
  undecided_ = 0;
}

void lane::insert(attachment_ptr payload, instant due) {
  step s;
  s.kind = what::insert;
  s.due = due;
  s.more = std::move(payload);
  add(std::move(s));
}

void lane::end_exchange() {
  if (steps_.empty()) {
    owner_.exchange_answered();
  } else {
    ++steps_.back().answers;
  }
}

void lane::end_stream() {
  step s;
  s.kind = what::end_stream;
  s.due = last_due_;
  add(std::move(s));
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

bool lane::ready(const step& s) const {
  if (board_.held()) return false;
  if (to_ == nullptr && s.kind != what::discard && s.kind != what::reset) return false;
  const bool due = s.due <= runtime_.now();
  const auto* more = s.more.get();
  if (s.kind == what::close) {
    return due || owner_.client_has_left() || (more != nullptr && more->held_by && more->held_by->ended);
  }
  return due && (more == nullptr || !more->held_by || more->held_by->ended);
}

void lane::consume(std::size_t bytes) {
  EPICENTER_CHECK(bytes <= size_, "no more is consumed than is there");
  start_ = (start_ + bytes) % bound_;
  size_ -= bytes;
  if (room_.waiters() > 0) room_.notify_all();
}

void lane::finish_front() {
  step done = std::move(steps_.front());
  steps_.pop_front();
  for (std::uint32_t i = 0; i < done.answers; ++i) owner_.exchange_answered();
}

/// One write of the front's bytes; true when the front is done.
runtime::task<bool> lane::write_front() {
  auto& front = steps_.front();
  const bool made_up = front.kind == what::insert;
  const char* from = made_up ? front.more->payload.data() : ring_.get() + start_;
  std::size_t bytes = made_up ? front.more->payload.size() : std::min(front.bytes, bound_ - start_);
  if (front.kind != what::discard && !broken_) {
    auto writing = write_all(*to_, boost::asio::buffer(from, bytes));
    const auto written = co_await std::move(writing);
    if (stopped_) co_return false;
    if (!written) {
      broken_ = true;
      owner_.lane_ended();
      if (stopped_) co_return false;
    }
  }
  if (made_up) co_return true;
  consume(bytes);
  auto& still = steps_.front();
  still.bytes -= bytes;
  co_return still.bytes == 0;
}

runtime::task<> lane::flush() {
  writing_ = true;
  while (!stopped_ && !steps_.empty() && ready(steps_.front())) {
    switch (steps_.front().kind) {
      case what::forward:
      case what::discard:
      case what::insert: {
        const bool done = co_await write_front();
        if (done && !stopped_) finish_front();
        break;
      }
      case what::end_stream:
        if (!broken_) to_->shutdown_write();
        ended_ = true;
        finish_front();
        owner_.lane_ended();
        break;
      case what::reset:
        owner_.tear_down();
        break;
      case what::close:
        owner_.close_both();
        break;
    }
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
    if (!writing_ && !board_.held() && to_ != nullptr && !steps_.empty()) {
      const auto& front = steps_.front();
      if (front.due > runtime_.now()) until = front.due;
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
