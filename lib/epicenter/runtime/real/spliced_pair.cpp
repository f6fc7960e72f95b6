#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <epicenter/runtime/real/spliced_pair.hpp>

namespace epicenter::runtime {
namespace {

constexpr std::size_t splice_at_once = 1024 * 1024;
constexpr unsigned full_reads_to_splice = 3;
constexpr std::size_t small_move = 16 * 1024;  ///< what is less than this is cheaper copied
constexpr int most_rounds = 16;                ///< before other pairs have their turn

bool would_block(int code) {
  return code == EAGAIN || code == EWOULDBLOCK;
}

}  // namespace

spliced_pair::spliced_pair(splice_loop& loop, descriptor_lender& a, descriptor_lender& b,
                           relay_counters& counters, std::function<void()> on_done)
    : loop_(loop), lenders_{&a, &b}, on_done_(std::make_shared<std::function<void()>>(std::move(on_done))) {
  ways_[0].read = &counters.forward_read;
  ways_[0].written = &counters.forward_written;
  ways_[1].read = &counters.backward_read;
  ways_[1].written = &counters.backward_written;
}

spliced_pair::~spliced_pair() {
  interrupt();
}

bool spliced_pair::start(int a, int b) {
  const int descriptors[2] = {a, b};
  for (unsigned i = 0; i < 2; ++i) {
    ends_[i].pair = this;
    ends_[i].number = i;
    ends_[i].descriptor = descriptors[i];
    ways_[i].from = descriptors[i];
    ways_[i].to = descriptors[1 - i];
    ways_[i].fin_sent = lenders_[1 - i]->write_ended();
  }
  readiness_loop& readiness = loop_.readiness_;
  watched_ = readiness.watch(a, ends_[0]);
  if (watched_ && readiness.watch(b, ends_[1])) return true;
  if (watched_) readiness.forget(a, ends_[0]);
  lenders_[0]->take_back();
  lenders_[1]->take_back();
  watched_ = false;
  done_ = true;
  return false;
}

void spliced_pair::on_events(unsigned from, std::uint32_t events) {
  direction& in = ways_[from];
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) in.readable = true;
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) in.ending = true;
  if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0) ways_[1 - from].writable = true;
  go_on();
}

void spliced_pair::go_on() {
  for (direction& way : ways_) {
    if (!done_) pump(way);
  }
  if (!done_ && ways_[0].fin_sent && ways_[1].fin_sent) finish(unseen_outcome::why::ended);
}

void spliced_pair::pump(direction& way) {
  for (int round = 0; round < most_rounds; ++round) {
    step next = write_rest(way);
    if (next == step::go_on) {
      if (way.ended && !way.fin_sent) {
        ::shutdown(way.to, SHUT_WR);
        way.fin_sent = true;
      }
      if (way.ended || !way.readable) return;
      next = way.pipe.read >= 0 ? splice_on(way) : copy(way);
    }
    if (next == step::broken) return finish(unseen_outcome::why::broken);
    if (next == step::wait) return;
  }
  if (!queued_) {
    queued_ = true;
    loop_.again(*this);
  }
}

/// What was read before goes out first.
spliced_pair::step spliced_pair::write_rest(direction& way) {
  while (way.kept_to > way.kept_from || way.in_pipe > 0) {
    if (!way.writable) return step::wait;
    const bool kept = way.kept_to > way.kept_from;
    const ssize_t sent = kept ? ::send(way.to, way.kept.get() + way.kept_from, way.kept_to - way.kept_from,
                                       MSG_NOSIGNAL | MSG_DONTWAIT)
                              : ::splice(way.pipe.read, nullptr, way.to, nullptr, way.in_pipe,
                                         SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && would_block(errno)) {
      way.writable = false;
      return step::wait;
    }
    if (sent <= 0) return step::broken;
    add_to(*way.written, static_cast<std::uint64_t>(sent));
    if (kept)
      way.kept_from += static_cast<std::size_t>(sent);
    else
      way.in_pipe -= static_cast<std::size_t>(sent);
  }
  if (way.kept_to > 0) {
    way.kept.reset();
    way.kept_from = way.kept_to = 0;
  }
  return step::go_on;
}

spliced_pair::step spliced_pair::copy(direction& way) {
  char* const scratch = loop_.scratch_.get();
  const ssize_t got = ::recv(way.from, scratch, splice_loop::scratch_bytes, MSG_DONTWAIT);
  if (got <= 0) return failed(way, got == 0 ? 0 : errno);
  const auto bytes = static_cast<std::size_t>(got);
  add_to(*way.read, bytes);
  const bool full = bytes == splice_loop::scratch_bytes;
  // A short read has emptied the socket, and what comes later comes with an event of its own; but the end of
  // the stream, if it was announced already, does not come again.
  if (!full && !way.ending) way.readable = false;
  way.full_reads = full ? way.full_reads + 1 : 0;
  ssize_t sent = 0;
  if (way.writable) {
    sent = ::send(way.to, scratch, bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && !would_block(errno) && errno != EINTR) return step::broken;
    if (sent < 0) sent = 0;
    add_to(*way.written, static_cast<std::uint64_t>(sent));
  }
  const auto taken = static_cast<std::size_t>(sent);
  if (taken < bytes) {
    way.writable = false;
    way.kept = std::make_unique_for_overwrite<char[]>(bytes - taken);
    std::copy(scratch + taken, scratch + bytes, way.kept.get());
    way.kept_from = 0;
    way.kept_to = bytes - taken;
    return step::wait;
  }
  if (way.full_reads >= full_reads_to_splice) way.pipe = loop_.take_pipe();
  return way.readable ? step::go_on : step::wait;
}

spliced_pair::step spliced_pair::splice_on(direction& way) {
  const ssize_t got =
      ::splice(way.from, nullptr, way.pipe.write, nullptr, splice_at_once, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
  if (got <= 0) {
    const int code = got == 0 ? 0 : errno;
    const bool idle = got == 0 || would_block(code);
    if (idle && way.full_reads == 0) {
      loop_.give_pipe(std::exchange(way.pipe, pipe_ends{}));
    }
    return failed(way, code);
  }
  add_to(*way.read, static_cast<std::uint64_t>(got));
  way.in_pipe = static_cast<std::size_t>(got);
  way.full_reads = way.in_pipe >= small_move ? 1 : 0;
  return step::go_on;
}

/// `error` 0: the end of the stream.
spliced_pair::step spliced_pair::failed(direction& way, int error) {
  if (error == EINTR) return step::go_on;
  if (error != 0 && would_block(error)) {
    way.readable = false;
    return step::wait;
  }
  if (error != 0) return step::broken;
  way.ended = true;
  return step::go_on;
}

std::string spliced_pair::rest_of(direction& way) {
  std::string rest(way.kept_to - way.kept_from + way.in_pipe, '\0');
  std::copy(way.kept.get() + way.kept_from, way.kept.get() + way.kept_to, rest.begin());
  std::size_t at = way.kept_to - way.kept_from;
  while (at < rest.size()) {
    const ssize_t got = ::read(way.pipe.read, rest.data() + at, rest.size() - at);
    if (got <= 0) break;
    at += static_cast<std::size_t>(got);
  }
  rest.resize(at);
  way.in_pipe = 0;
  return rest;
}

void spliced_pair::interrupt() {
  if (done_) return;
  on_done_.reset();
  finish(unseen_outcome::why::interrupted);
}

void spliced_pair::finish(unseen_outcome::why reason) {
  done_ = true;
  outcome_.reason = reason;
  outcome_.forward_rest = rest_of(ways_[0]);
  outcome_.backward_rest = rest_of(ways_[1]);
  outcome_.a_ended = ways_[0].ended;
  outcome_.b_ended = ways_[1].ended;
  outcome_.fin_to_b = ways_[0].fin_sent;
  outcome_.fin_to_a = ways_[1].fin_sent;
  for (unsigned i = 0; i < 2; ++i) {
    loop_.readiness_.forget(ends_[i].descriptor, ends_[i]);
    if (ways_[1 - i].fin_sent) lenders_[i]->set_write_ended();
    lenders_[i]->take_back();
    if (ways_[i].pipe.read >= 0) loop_.give_pipe(std::exchange(ways_[i].pipe, pipe_ends{}));
  }
  loop_.leave(*this);
  if (!on_done_) return;
  auto told = [weak = std::weak_ptr(on_done_)] {
    if (const auto call = weak.lock()) (*call)();
  };
  boost::asio::post(loop_.loop_.get_executor(), std::move(told));
}

}  // namespace epicenter::runtime
