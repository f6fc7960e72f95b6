#include <epicenter/smart/server_clock.hpp>

namespace epicenter::smart {
namespace {

// Far from the ends of what nanoseconds can count, where sums would overflow.
constexpr wall_time earliest{std::chrono::sys_days{std::chrono::year{2000} / 1 / 1}};
constexpr wall_time latest{std::chrono::sys_days{std::chrono::year{2200} / 1 / 1}};

}  // namespace

void server_clock::learn(wall_time date, instant sent_at, instant received_at) {
  if (date < earliest || date >= latest) return;
  // The middle of both ends, and of the second.
  const instant written = sent_at + (received_at - sent_at) / 2;
  server_epoch_ = date.time_since_epoch() + 500ms - written.time_since_epoch();
}

duration server_clock::offset(instant at, wall_time own) const {
  if (!server_epoch_) return {};
  return *server_epoch_ + at.time_since_epoch() - own.time_since_epoch();
}

bool server_clock::differs(instant at, wall_time own) const {
  return std::chrono::abs(offset(at, own)) > tolerance;
}

bool server_clock::follows_server(instant at, wall_time own) const {
  return server_epoch_.has_value() && !(distrusted_ && differs(at, own));
}

wall_time server_clock::time(instant at, wall_time own) const {
  return follows_server(at, own) ? own + offset(at, own) : own;
}

}  // namespace epicenter::smart
