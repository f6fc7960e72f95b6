// A stream operation that waits to be completed.
#pragma once

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/post.hpp>
#include <epicenter/base/check.hpp>
#include <epicenter/runtime/stream.hpp>
#include <optional>

namespace epicenter::http {

/// Completed by a post, never inline; at most one at a time.
class pending_op {
 public:
  bool active() const { return handler_.has_value(); }
  template <class OnCancel>
  void begin(runtime::io_handler handler, OnCancel on_cancel) {
    EPICENTER_CHECK(!active(), "one operation a direction at a time");
    handler_.emplace(std::move(handler));
    auto slot = boost::asio::get_associated_cancellation_slot(*handler_);
    if (!slot.is_connected()) return;
    slot.assign([on_cancel](boost::asio::cancellation_type) {
      auto call = on_cancel;  // completing clears the slot, and with it this very lambda
      call();
    });
  }
  void complete(const runtime::executor& executor, runtime::system_error_code c, std::size_t count) {
    if (!handler_) return;
    runtime::io_handler handler(std::move(*handler_));
    handler_.reset();
    auto slot = boost::asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) slot.clear();
    boost::asio::post(executor, [h = std::move(handler), c, count]() mutable { std::move(h)(c, count); });
  }

 private:
  std::optional<runtime::io_handler> handler_;
};

}  // namespace epicenter::http
