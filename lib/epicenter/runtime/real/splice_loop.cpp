#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <epicenter/runtime/real/splice_loop.hpp>
#include <epicenter/runtime/real/spliced_pair.hpp>

namespace epicenter::runtime {

splice_loop::splice_loop(boost::asio::io_context& loop)
    : loop_(loop), set_(loop.get_executor()), alive_(std::make_shared<bool>(true)) {
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  boost::system::error_code ignored;
  if (set >= 0) set_.assign(set, ignored);
}

splice_loop::~splice_loop() {
  *alive_ = false;
  for (const pipe_ends& p : pipes_) {
    ::close(p.read);
    ::close(p.write);
  }
}

unseen_relay_ptr splice_loop::start(descriptor_lender& a, descriptor_lender& b, relay_counters& counters,
                                    std::function<void()> on_done) {
  if (!set_.is_open()) return nullptr;
  const int first = a.lend();
  if (first < 0) return nullptr;
  const int second = b.lend();
  if (second < 0) {
    a.take_back();
    return nullptr;
  }
  if (!scratch_) scratch_ = std::make_unique_for_overwrite<char[]>(scratch_bytes);
  auto made = std::make_unique<spliced_pair>(*this, a, b, counters, std::move(on_done));
  if (!made->start(first, second)) return nullptr;
  ++pairs_;
  if (!waiting_) wait();
  return made;
}

bool splice_loop::watch(int descriptor, void* side) {
  epoll_event wanted{};
  wanted.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  wanted.data.ptr = side;
  return ::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, descriptor, &wanted) == 0;
}

void splice_loop::forget(int descriptor) {
  epoll_event ignored{};
  ::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, descriptor, &ignored);
}

void splice_loop::wait() {
  waiting_ = true;
  auto ready = [this, alive = alive_](boost::system::error_code code) {
    if (!*alive) return;
    waiting_ = false;
    if (code) return;
    serve();
    if (pairs_ > 0) wait();
  };
  set_.async_wait(boost::asio::posix::descriptor_base::wait_read, std::move(ready));
}

// A pair that ends takes its events with it: each is served before the next is looked at, and a pair is never
// destroyed by what it calls.
void splice_loop::serve() {
  constexpr int most = 128;
  epoll_event events[most];
  const int got = ::epoll_wait(set_.native_handle(), events, most, 0);
  for (int i = 0; i < got; ++i) {
    const auto* at = static_cast<spliced_pair::end*>(events[i].data.ptr);
    if (!at->pair->done()) at->pair->on_events(at->number, events[i].events);
  }
}

void splice_loop::again(spliced_pair& which) {
  again_.push_back(&which);
  if (again_.size() > 1) return;
  auto go_on = [this, alive = alive_] {
    if (!*alive) return;
    std::vector<spliced_pair*> due;
    due.swap(again_);
    for (spliced_pair* one : due) {
      if (one == nullptr) continue;
      one->queued_ = false;
      one->on_events(2, 0);
    }
  };
  boost::asio::post(loop_.get_executor(), std::move(go_on));
}

void splice_loop::leave(spliced_pair& which) {
  --pairs_;
  for (spliced_pair*& one : again_)
    if (one == &which) one = nullptr;
  boost::system::error_code ignored;
  if (pairs_ == 0 && waiting_) set_.cancel(ignored);
}

pipe_ends splice_loop::take_pipe() {
  pipe_ends made;
  if (!pipes_.empty()) {
    made = pipes_.back();
    pipes_.pop_back();
    return made;
  }
  int ends[2];
  if (::pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return made;
  constexpr int wanted = 1024 * 1024;
  ::fcntl(ends[1], F_SETPIPE_SZ, wanted);  // less is slower, not wrong
  made.read = ends[0];
  made.write = ends[1];
  return made;
}

void splice_loop::give_pipe(pipe_ends p) {
  if (p.read < 0) return;
  if (pipes_.size() < kept_pipes) {
    pipes_.push_back(p);
    return;
  }
  ::close(p.read);
  ::close(p.write);
}

}  // namespace epicenter::runtime
