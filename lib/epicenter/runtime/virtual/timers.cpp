#include <epicenter/runtime/virtual/timers.hpp>

namespace epicenter::runtime {

class timer_set::timer final : public queued_event {
 public:
  explicit timer(timer_set& owner) : queued_event(event_kind::timer), owner_(owner) {}

  void start(instant due, wait_handler&& handler) {
    owner_.world_.queue.schedule(*this, std::max(due, owner_.world_.now));
    waiting_.wait(owner_.world_.operations, std::move(handler), [this] {
      if (!waiting_.is_waiting()) return;
      owner_.world_.queue.remove(*this);
      finish(to_system(errc::cancelled));
    });
  }
  void fire() override { finish({}); }

 private:
  void finish(system_error_code code) {
    waiting_.complete(owner_.world_.loop, code);
    owner_.free_.push_back(this);
  }

  timer_set& owner_;
  handler_slot<wait_handler, system_error_code> waiting_;
};

class timer_set::call final : public queued_event, public outstanding {
 public:
  explicit call(timer_set& owner) : queued_event(event_kind::blocking), owner_(owner) {}

  void start(instant due, call_handler&& handler) {
    handler_.emplace(std::move(handler));
    enter(owner_.world_.operations);
    owner_.world_.queue.schedule(*this, due);
  }
  void fire() override {
    leave();
    call_handler handler(std::move(*handler_));
    handler_.reset();
    owner_.free_calls_.push_back(this);
    boost::asio::post(owner_.world_.loop.get_executor(),
                      [h = std::move(handler)]() mutable { std::move(h)(); });
  }
  void abandon() override {
    if (!handler_) return;
    const call_handler doomed(std::move(*handler_));
    handler_.reset();
  }

 private:
  timer_set& owner_;
  std::optional<call_handler> handler_;
};

timer_set::timer_set(simulation& world) : world_(world) {}
timer_set::~timer_set() = default;

void timer_set::wait_until(instant due, wait_handler handler) {
  if (free_.empty()) {
    timers_.push_back(std::make_unique<timer>(*this));
    free_.push_back(timers_.back().get());
  }
  timer& next = *free_.back();
  free_.pop_back();
  next.start(due, std::move(handler));
}

void timer_set::call_at(instant due, call_handler handler) {
  if (free_calls_.empty()) {
    calls_.push_back(std::make_unique<call>(*this));
    free_calls_.push_back(calls_.back().get());
  }
  call& next = *free_calls_.back();
  free_calls_.pop_back();
  next.start(due, std::move(handler));
}

}  // namespace epicenter::runtime
