// One piece of work under way that anybody may wait for, each with a deadline of their own.
#pragma once

#include <epicenter/runtime/task.hpp>
#include <memory>
#include <optional>

namespace epicenter::epic {

template <class T>
struct flight {
  explicit flight(runtime::runtime& rt) : landed(rt) {}

  void land(T with) {
    outcome.emplace(std::move(with));
    landed.notify_all();
  }

  runtime::event landed;
  std::optional<T> outcome;
};

/// True once it has landed; false at the deadline or when the waiting task is cancelled. The flight goes on
/// either way.
template <class T>
runtime::task<bool> wait_for(std::shared_ptr<flight<T>> joined, instant deadline) {
  while (!joined->outcome) {
    auto woken = co_await joined->landed.wait(deadline);
    if (!woken) break;
  }
  co_return joined->outcome.has_value();
}

}  // namespace epicenter::epic
