// What all parts of one virtual world share: its clock, its event queue, its loop and its outstanding
// operations.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <epicenter/runtime/virtual/event_queue.hpp>
#include <memory>
#include <optional>
#include <utility>

namespace epicenter::runtime {

class outstanding_list;

/// An operation that holds a handler. A handler owns the coroutine that waits for it, and that coroutine may
/// own the operation's stream: only the list of all of them can break such circles when a run is abandoned.
class outstanding {
 public:
  outstanding() = default;
  virtual ~outstanding() { leave(); }
  outstanding(const outstanding&) = delete;
  outstanding& operator=(const outstanding&) = delete;

  /// Destroys the handler without calling it.
  virtual void abandon() = 0;

 protected:
  void enter(outstanding_list&);
  void leave();

 private:
  friend class outstanding_list;
  outstanding* before_ = nullptr;
  outstanding* after_ = nullptr;
};

class outstanding_list {
 public:
  outstanding_list() { end_.before_ = end_.after_ = &end_; }
  /// The latest first: children are destroyed before the owners whose frames they refer to.
  void abandon_all();

 private:
  friend class outstanding;
  struct sentinel final : outstanding {
    void abandon() override {}
  };
  sentinel end_;
};

/// One handler that waits, honours its cancellation slot, and completes by a post to the loop.
template <class Handler, class... Args>
class handler_slot : public outstanding {
 public:
  bool is_waiting() const { return handler_.has_value(); }

  /// Cancelled: on_cancel() is called and must complete or abandon this.
  template <class OnCancel>
  void wait(outstanding_list& list, Handler&& handler, OnCancel on_cancel) {
    handler_.emplace(std::move(handler));
    enter(list);
    auto slot = handler_->get_cancellation_slot();
    if (!slot.is_connected()) return;
    slot.assign([on_cancel](boost::asio::cancellation_type) {
      auto call = on_cancel;  // completing clears the slot, and with it this very lambda
      call();
    });
  }

  void complete(boost::asio::io_context& loop, Args... args) {
    auto slot = handler_->get_cancellation_slot();
    if (slot.is_connected()) slot.clear();
    leave();
    Handler handler(std::move(*handler_));
    handler_.reset();
    post(loop, std::move(handler), std::move(args)...);
  }

  static void post(boost::asio::io_context& loop, Handler&& handler, Args... args) {
    // The lambda hides the handler's type-erased executor, which costs more than the rest of the post:
    // everything of this world runs on its one loop.
    auto call = [h = std::move(handler), ... a = std::move(args)]() mutable {
      std::move(h)(std::move(a)...);
    };
    boost::asio::post(loop.get_executor(), std::move(call));
  }

  void abandon() override {
    leave();
    if (!handler_) return;
    auto slot = handler_->get_cancellation_slot();
    if (slot.is_connected()) slot.clear();
    const Handler doomed(std::move(*handler_));
    handler_.reset();
  }

 private:
  std::optional<Handler> handler_;
};

using io_slot = handler_slot<io_handler, system_error_code, std::size_t>;
using stream_slot = handler_slot<accept_handler, system_error_code, stream_ptr>;

struct simulation {
  explicit simulation(std::uint64_t root)
      : seed(root),
        owned_loop(std::make_unique<boost::asio::io_context>(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE)),
        loop(*owned_loop) {}

  std::uint64_t seed;
  instant now{};
  event_queue queue;
  outstanding_list operations;
  std::unique_ptr<boost::asio::io_context> owned_loop;  ///< destroyed first: what it holds refers to the rest
  boost::asio::io_context& loop;
  bool closing = false;  ///< the world ends: handlers are destroyed, not called
};

}  // namespace epicenter::runtime
