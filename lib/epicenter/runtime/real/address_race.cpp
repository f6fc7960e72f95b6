#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <epicenter/runtime/real/address_race.hpp>

namespace epicenter::runtime {

addresses in_turn(addresses all) {
  if (all.empty()) return all;
  const int first = all.front().protocol().family();
  const auto others = std::stable_partition(
      all.begin(), all.end(), [first](const auto& one) { return one.protocol().family() == first; });
  addresses ordered;
  ordered.reserve(all.size());
  auto own = all.begin();
  auto other = others;
  while (own != others || other != all.end()) {
    if (own != others) ordered.push_back(*own++);
    if (other != all.end()) ordered.push_back(*other++);
  }
  return ordered;
}

address_race::address_race(boost::asio::io_context& loop, addresses to, result_handler done)
    : loop_(loop), to_(in_turn(std::move(to))), done_(std::move(done)), stagger_(loop) {
  if (to_.size() > most_addresses) to_.resize(most_addresses);
}

void address_race::start() {
  if (!to_.empty()) return begin_next();
  boost::asio::post(loop_.get_executor(),
                    [self = shared_from_this()] { self->finish(to_system(errc::name_not_found), nullptr); });
}

void address_race::begin_next() {
  const std::size_t which = attempts_.size();
  attempts_.push_back(std::make_unique<socket_type>(loop_.get_executor()));
  ++pending_;
  attempts_.back()->async_connect(to_[which], [self = shared_from_this(), which](system_error_code code) {
    self->attempted(which, code);
  });
  if (attempts_.size() == to_.size()) return;
  stagger_.expires_after(alone_for);
  stagger_.async_wait([self = shared_from_this(), begun = attempts_.size()](system_error_code code) {
    if (code || !self->done_ || self->attempts_.size() != begun) return;
    self->begin_next();
  });
}

void address_race::attempted(std::size_t which, system_error_code code) {
  --pending_;
  if (!done_) return;
  if (!code) return finish(code, attempts_[which].get());
  attempts_[which].reset();
  if (attempts_.size() < to_.size()) return begin_next();
  if (pending_ == 0) finish(code, nullptr);
}

void address_race::cancel() {
  boost::asio::post(loop_.get_executor(), [self = shared_from_this()] {
    self->finish(boost::asio::error::operation_aborted, nullptr);
  });
}

void address_race::finish(system_error_code code, socket_type* winner) {
  if (!done_) return;
  const result_handler done = std::exchange(done_, nullptr);
  stagger_.cancel();
  for (auto& one : attempts_) {
    if (one == nullptr || one.get() == winner) continue;
    system_error_code ignored;
    one->close(ignored);
  }
  done(code, winner);
}

}  // namespace epicenter::runtime
