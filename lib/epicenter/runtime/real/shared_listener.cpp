#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <cerrno>
#include <deque>
#include <epicenter/base/check.hpp>
#include <epicenter/runtime/real/boot_clock.hpp>
#include <epicenter/runtime/real/bound_acceptor.hpp>
#include <epicenter/runtime/real/shared_listener.hpp>

namespace epicenter::runtime {
namespace {

constexpr std::string_view task_name = "runtime.sharing";
constexpr std::size_t most_waiting = 1024;  // accepted, and not yet asked for; beyond it they are closed
constexpr std::size_t most_at_once = 64;    // accepted before the loop looks at anything else
constexpr duration accept_pause = std::chrono::milliseconds(20);  // the process is out of descriptors

boost::asio::io_context& loop_of(real_runtime& rt) {
  return static_cast<boost::asio::io_context&>(rt.get_executor().context());
}

class descriptor {
 public:
  explicit descriptor(int number) : number_(number) {}
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};
using descriptor_ptr = std::shared_ptr<descriptor>;

// What one runtime gets of the connections. Used on that runtime's thread, but for is_open and post_arrival.
class seat : public std::enable_shared_from_this<seat> {
 public:
  explicit seat(real_runtime& rt) : runtime_(rt) {}

  bool is_open() const { return open_; }
  void post_arrival(descriptor_ptr connected) {
    runtime_.post([self = shared_from_this(), connected] { self->arrived(connected); });
  }

  void accept(accept_handler handler) {
    EPICENTER_CHECK(!waiting_, "one accept at a time");
    const auto own = waiting_ = std::make_shared<wait>();
    auto slot = handler.get_cancellation_slot();
    if (slot.is_connected()) {
      slot.assign([weak = std::weak_ptr(own)](boost::asio::cancellation_type) {
        if (const auto alive = weak.lock()) alive->end(to_system(errc::cancelled));
      });
    }
    auto woken = [self = shared_from_this(), own, h = std::move(handler)](system_error_code) mutable {
      self->finish(*own, std::move(h));
    };
    // The loop owns the handler, and all that waits with it.
    runtime_.wait_until(instant::max(),
                        boost::asio::bind_cancellation_slot(own->wake.slot(), std::move(woken)));
    if (!open_)
      own->end(to_system(errc::closed));
    else if (!arrivals_.empty())
      own->end({});
  }
  void close() {
    if (!open_.exchange(false)) return;
    arrivals_.clear();
    if (waiting_) waiting_->end(to_system(errc::cancelled));
  }

 private:
  struct wait {
    void end(system_error_code why) {
      if (std::exchange(ended, true)) return;
      code = why;
      wake.emit(boost::asio::cancellation_type::terminal);
    }
    boost::asio::cancellation_signal wake;
    system_error_code code;
    bool ended = false;
  };

  void arrived(descriptor_ptr connected) {
    if (!open_ || arrivals_.size() == most_waiting) return;
    arrivals_.push_back(std::move(connected));
    if (waiting_) waiting_->end({});
  }
  void finish(const wait& ended, accept_handler handler) {
    waiting_.reset();
    auto slot = handler.get_cancellation_slot();
    if (slot.is_connected()) slot.clear();
    system_error_code code = ended.code;
    if (!code && arrivals_.empty()) code = to_system(errc::cancelled);  // closed in between
    stream_ptr made;
    if (!code) {
      made = make_socket_stream(loop_of(runtime_).get_executor(), arrivals_.front()->release());
      arrivals_.pop_front();
    }
    std::move(handler)(code, std::move(made));
  }

  real_runtime& runtime_;
  std::atomic<bool> open_{true};
  std::shared_ptr<wait> waiting_;
  std::deque<descriptor_ptr> arrivals_;
};

// Accepts on the first runtime's loop, whose handlers alone own it: it is never destroyed on another thread.
class sharing : public std::enable_shared_from_this<sharing> {
 public:
  sharing(real_runtime& first, bound_acceptor bound, std::vector<std::shared_ptr<seat>> seats)
      : first_(first),
        bound_(std::move(bound)),
        seats_(std::move(seats)),
        pause_(loop_of(first).get_executor()) {}
  ~sharing() { bound_.close(); }

  // The first runtime runs on for as long as anybody listens.
  void start() {
    first_.task_started(task_name);
    wait();
  }
  void close_if_unused() {
    if (!bound_.acceptor.is_open()) return;
    for (const auto& one : seats_)
      if (one->is_open()) return;
    pause_.cancel();
    bound_.close();
    first_.task_ended(task_name);
  }

 private:
  void wait() {
    auto ready = [self = shared_from_this()](system_error_code code) {
      if (!code) self->accept_all();
    };
    bound_.acceptor.async_wait(boost::asio::socket_base::wait_read, std::move(ready));
  }
  void accept_all() {
    for (std::size_t i = 0; i != most_at_once; ++i) {
      const int connected =
          ::accept4(bound_.acceptor.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (connected >= 0) {
        hand_over(std::make_shared<descriptor>(connected));
        continue;
      }
      if (errno == EAGAIN || errno == EWOULDBLOCK) break;
      const bool passing = errno == EINTR || errno == ECONNABORTED || errno == EPROTO;
      if (!passing) return wait_a_little();
    }
    wait();
  }
  void hand_over(descriptor_ptr connected) {
    for (std::size_t i = 0; i != seats_.size(); ++i) {
      const auto& one = seats_[next_++ % seats_.size()];
      if (one->is_open()) return one->post_arrival(std::move(connected));
    }
  }
  void wait_a_little() {
    pause_.expires_after(accept_pause);
    pause_.async_wait([self = shared_from_this()](system_error_code code) {
      if (!code) self->wait();
    });
  }

  real_runtime& first_;
  bound_acceptor bound_;
  std::vector<std::shared_ptr<seat>> seats_;
  std::size_t next_ = 0;
  boot_timer pause_;
};

class shared_listener final : public listener {
 public:
  shared_listener(std::shared_ptr<seat> own, std::weak_ptr<sharing> all, real_runtime& first, endpoint local)
      : seat_(std::move(own)), all_(std::move(all)), first_(first), local_(std::move(local)) {}
  ~shared_listener() override { close(); }

  void async_accept(accept_handler handler) override { seat_->accept(std::move(handler)); }
  endpoint local_endpoint() const override { return local_; }
  void close() override {
    if (!seat_->is_open()) return;
    seat_->close();
    first_.post([weak = all_] {
      if (const auto all = weak.lock()) all->close_if_unused();
    });
  }

 private:
  std::shared_ptr<seat> seat_;
  std::weak_ptr<sharing> all_;
  real_runtime& first_;
  endpoint local_;
};

}  // namespace

result<std::vector<listener_ptr>> make_shared_listeners(std::span<real_runtime* const> runtimes,
                                                        const endpoint& where) {
  EPICENTER_CHECK(!runtimes.empty(), "somebody listens");
  real_runtime& first = *runtimes.front();
  std::vector<listener_ptr> listeners;
  if (runtimes.size() == 1) {
    auto alone = first.listen(where);
    if (!alone) return fail(std::move(alone.error()));
    listeners.push_back(std::move(*alone));
    return listeners;
  }
  auto bound = open_acceptor(loop_of(first), where);
  if (!bound) return fail(std::move(bound.error()));
  system_error_code code;
  bound->acceptor.non_blocking(true, code);
  const endpoint local = bound->local;
  std::vector<std::shared_ptr<seat>> seats;
  for (real_runtime* one : runtimes) seats.push_back(std::make_shared<seat>(*one));
  const auto all = std::make_shared<sharing>(first, std::move(*bound), seats);
  all->start();
  for (const auto& one : seats)
    listeners.push_back(std::make_unique<shared_listener>(one, all, first, local));
  return listeners;
}

}  // namespace epicenter::runtime
