#include <epicenter/runtime/real/readiness.hpp>

namespace epicenter::runtime {

readiness_loop::readiness_loop(boost::asio::execution_context& context)
    : boost::asio::execution_context::service(context),
      set_(static_cast<boost::asio::io_context&>(context).get_executor()) {
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  boost::system::error_code ignored;
  if (set >= 0) set_.assign(set, ignored);
}

bool readiness_loop::watch(int descriptor, watcher& told) {
  if (!set_.is_open()) return false;
  epoll_event wanted{};
  wanted.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  wanted.data.ptr = &told;
  if (::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, descriptor, &wanted) != 0) return false;
  told.place_ = watchers_.size();
  watchers_.push_back(&told);
  if (!waiting_) wait();
  return true;
}

void readiness_loop::forget(int descriptor, watcher& told) {
  epoll_event ignored{};
  if (set_.is_open()) ::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, descriptor, &ignored);
  forget_closing(told);
}

void readiness_loop::forget_closing(watcher& told) {
  if (told.place_ >= watchers_.size() || watchers_[told.place_] != &told) return;
  watchers_.back()->place_ = told.place_;
  watchers_[told.place_] = watchers_.back();
  watchers_.pop_back();
  for (epoll_event& one : being_served_)
    if (one.data.ptr == &told) one.data.ptr = nullptr;
}

void readiness_loop::wait() {
  waiting_ = true;
  auto ready = [this](boost::system::error_code code) {
    waiting_ = false;
    if (code) return;
    serve();
    if (!watchers_.empty() && !waiting_) wait();
  };
  set_.async_wait(boost::asio::posix::descriptor_base::wait_read, std::move(ready));
}

void readiness_loop::serve() {
  constexpr int most = 128;
  epoll_event events[most];
  const int got = ::epoll_wait(set_.native_handle(), events, most, 0);
  if (got <= 0) return;
  being_served_ = {events, static_cast<std::size_t>(got)};
  // What a call throws ends the run; the events behind it must not be taken for ones that are still served.
  struct clearing {
    std::span<epoll_event>& served;
    ~clearing() { served = {}; }
  } const clear{being_served_};
  for (epoll_event& one : being_served_) {
    auto* const told = static_cast<watcher*>(one.data.ptr);
    one.data.ptr = nullptr;  // it may be gone when its call is over
    if (told != nullptr) told->on_events(one.events);
  }
}

void readiness_loop::shutdown() {
  ended_ = true;
  boost::system::error_code ignored;
  set_.close(ignored);
  while (!watchers_.empty()) {
    watcher& last = *watchers_.back();
    watchers_.pop_back();
    last.abandon();
  }
}

}  // namespace epicenter::runtime
