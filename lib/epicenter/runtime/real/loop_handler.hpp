// A handler as the sockets and timers of the one loop take it.
#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <utility>

namespace epicenter::runtime {

/// Forwards the call and the cancellation slot of a type-erased handler, and hides its type-erased executor,
/// which costs more than the completion itself: everything of a real runtime runs on its one loop.
template <class Handler>
class loop_handler {
 public:
  using cancellation_slot_type = boost::asio::cancellation_slot;
  explicit loop_handler(Handler&& handler) : handler_(std::move(handler)) {}

  cancellation_slot_type get_cancellation_slot() const noexcept { return handler_.get_cancellation_slot(); }
  template <class... Args>
  void operator()(Args&&... args) {
    std::move(handler_)(std::forward<Args>(args)...);
  }

 private:
  Handler handler_;
};

}  // namespace epicenter::runtime
