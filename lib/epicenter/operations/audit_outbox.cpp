#include <algorithm>
#include <deque>
#include <epicenter/audit/event_types.hpp>
#include <epicenter/operations/audit_outbox.hpp>
#include <epicenter/operations/error.hpp>

namespace epicenter::operations {

/// Outlives the outbox while the log has an answer to give.
struct audit_outbox::state : std::enable_shared_from_this<state> {
  state(runtime::runtime& rt, audit::log& to) : world(rt), log(to), answered(rt) {}

  // A log may answer before start_append returns: a loop, as calls of calls would fill the stack.
  void send() {
    if (sending) return;
    sending = true;
    while (!closed && !in_flight && !refused && !waiting.empty()) {
      in_flight = true;
      log.start_append(waiting.front(), [self = shared_from_this()](const result<std::uint64_t>& got) {
        self->take_answer(got);
        self->send();
      });
    }
    sending = false;
    if (refused) try_later();
  }

  void take_answer(const result<std::uint64_t>& got) {
    in_flight = false;
    if (got) {
      waiting.pop_front();
      ++delivered;
      pause = first_pause;
      if (waiting.empty() && lost > 0) tell_of_lost();
    } else {
      refused = got.error();
      ++refusals;
      last_refusal = got.error();
    }
    answered.notify_all();
  }

  void try_later() {
    if (timer_armed || closed) return;
    timer_armed = true;
    const std::weak_ptr<state> weak = weak_from_this();
    world.wait_until(world.now() + pause, [weak](runtime::system_error_code) {
      const auto self = weak.lock();
      if (!self) return;
      self->timer_armed = false;
      self->try_now();
    });
    pause = std::min(2 * pause, max_pause);
  }

  void try_now() {
    refused.reset();
    send();
  }

  void tell_of_lost() {
    audit::entry told;
    told.at = lost_at;
    told.stage = audit::stage::outcome;
    told.type = audit::event::entries_lost;
    told.result = std::to_string(std::exchange(lost, 0));
    waiting.push_back(std::move(told));
  }

  runtime::runtime& world;
  audit::log& log;
  std::deque<audit::entry> waiting;
  runtime::event answered;
  std::uint64_t delivered = 0;
  std::uint64_t refusals = 0;
  std::optional<error> refused;  // until the next try
  std::optional<error> last_refusal;
  std::uint64_t lost = 0;
  wall_time lost_at{};
  duration pause = first_pause;
  bool in_flight = false;
  bool sending = false;
  bool timer_armed = false;
  bool closed = false;
};

audit_outbox::audit_outbox(runtime::runtime& rt, audit::log& log)
    : state_(std::make_shared<state>(rt, log)) {}

audit_outbox::~audit_outbox() {
  state_->closed = true;
}

void audit_outbox::put(audit::entry what) {
  if (state_->waiting.size() >= max_owed) {
    ++state_->lost;
    state_->lost_at = what.at;
    return;
  }
  state_->waiting.push_back(std::move(what));
  state_->send();
}

std::size_t audit_outbox::owed() const {
  return state_->waiting.size();
}

runtime::task<result<>> audit_outbox::flush() {
  return wait_for(state_);
}

runtime::task<result<>> audit_outbox::wait_for(std::shared_ptr<state> of) {
  const std::uint64_t all = of->delivered + of->waiting.size();
  const std::uint64_t refusals = of->refusals;
  of->try_now();
  while (of->delivered < all) {
    if (of->refusals != refusals) co_return fail(*of->last_refusal);
    auto woken = co_await of->answered.wait(runtime::never);
    if (!woken) co_return fail(errc::cancelled);
  }
  co_return result<>();
}

}  // namespace epicenter::operations
