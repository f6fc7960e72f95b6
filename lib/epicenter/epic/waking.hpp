// A waiter of a policy, as a task of the runtime waits: its turn sets an event.
#pragma once

#include <epicenter/runtime/task.hpp>

namespace epicenter::epic {

template <class Waiter>
class waking final : public Waiter {
 public:
  explicit waking(runtime::runtime& rt) : woken(rt) {}
  runtime::event woken;

 private:
  void on_wake() noexcept override { woken.notify_all(); }
};

}  // namespace epicenter::epic
