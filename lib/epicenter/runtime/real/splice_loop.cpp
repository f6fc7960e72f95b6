#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <epicenter/runtime/real/splice_loop.hpp>
#include <epicenter/runtime/real/spliced_pair.hpp>

namespace epicenter::runtime {

splice_loop::splice_loop(boost::asio::io_context& loop)
    : loop_(loop),
      readiness_(boost::asio::use_service<readiness_loop>(loop)),
      alive_(std::make_shared<bool>(true)) {}

splice_loop::~splice_loop() {
  *alive_ = false;
  for (const pipe_ends& p : pipes_) {
    ::close(p.read);
    ::close(p.write);
  }
}

unseen_relay_ptr splice_loop::start(descriptor_lender& a, descriptor_lender& b, relay_counters& counters,
                                    std::function<void()> on_done) {
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
  return made;
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
      one->go_on();
    }
  };
  boost::asio::post(loop_.get_executor(), std::move(go_on));
}

void splice_loop::leave(spliced_pair& which) {
  for (spliced_pair*& one : again_)
    if (one == &which) one = nullptr;
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
