// A handler as the sockets of the one loop take it.
#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <memory>
#include <utility>

namespace epicenter::runtime {

/// Hides the type-erased executor of a handler, which costs more than the completion itself: everything of a
/// real runtime runs on its one loop. Gives the operation the slot of `signal`, which lives with the socket,
/// and lets the handler's own slot emit it for as long as the socket lives: Asio's operations leave pointers
/// into their socket in the slot, and a socket may be destroyed before a cancellation arrives.
template <class Handler>
class loop_handler {
 public:
  using cancellation_slot_type = boost::asio::cancellation_slot;

  loop_handler(Handler&& handler, const std::shared_ptr<boost::asio::cancellation_signal>& signal)
      : handler_(std::move(handler)), inner_(signal->slot()) {
    auto outer = handler_.get_cancellation_slot();
    if (!outer.is_connected()) return;
    outer.assign([weak = std::weak_ptr(signal)](boost::asio::cancellation_type type) {
      if (const auto alive = weak.lock()) alive->emit(type);
    });
  }

  cancellation_slot_type get_cancellation_slot() const noexcept { return inner_; }

  template <class... Args>
  void operator()(Args&&... args) {
    auto outer = handler_.get_cancellation_slot();
    if (outer.is_connected()) outer.clear();
    std::move(handler_)(std::forward<Args>(args)...);
  }

 private:
  Handler handler_;
  cancellation_slot_type inner_;
};

}  // namespace epicenter::runtime
