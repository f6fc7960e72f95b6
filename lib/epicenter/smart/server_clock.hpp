// What time the server has, as far as its answers tell: an assertion is judged by that clock and no other.
#pragma once

#include <epicenter/base/time.hpp>
#include <optional>

namespace epicenter::smart {

/// I/O free: times are passed in. The server's time is held against monotonic time, so that a step of this
/// host's own clock changes nothing once the server's is known.
class server_clock {
 public:
  /// An assertion bears this much either way (see make_assertion); beyond it the offset decides.
  static constexpr duration tolerance = 30s;

  /// A Date header came. It names a whole second, written somewhere between sending and receiving.
  /// Dates outside of 2000 to 2199 are nonsense and passed over.
  void learn(wall_time date, instant sent_at, instant received_at);
  /// The server's time, or this host's where the server's is not known, or differs and has been refuted.
  wall_time time(instant, wall_time own) const;
  /// The server's time less this host's, as last learned; zero where nothing is known.
  duration offset(instant, wall_time own) const;
  /// The clocks differ by more than an assertion bears.
  bool differs(instant, wall_time own) const;

  /// Whether time() is the server's time, not this host's.
  bool follows_server(instant, wall_time own) const;

  /// An assertion was refused. Where the clocks differ the other one is tried next: a Date header may be the
  /// wrong one, as behind a gateway with a clock of its own. `by_server`: follows_server() when it was made.
  void refused(bool by_server) { distrusted_ = by_server; }

 private:
  std::optional<duration> server_epoch_;  ///< the server's Unix time at instant 0
  bool distrusted_ = false;
};

}  // namespace epicenter::smart
