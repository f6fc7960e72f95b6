// Connecting to whichever of a name's addresses answers, without waiting for those that do not.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <epicenter/base/time.hpp>
#include <epicenter/runtime/real/socket_stream.hpp>
#include <functional>
#include <memory>
#include <vector>

namespace epicenter::runtime {

using addresses = std::vector<socket_protocol::endpoint>;

/// How long an attempt goes on alone (RFC 8305, section 8: 250 ms are recommended).
inline constexpr duration alone_for = 250ms;
/// Further addresses of a name are not tried.
inline constexpr std::size_t most_addresses = 16;

/// IPv6 and IPv4 in turn, the family of the first address first, else in the order given (RFC 8305, section
/// 4).
addresses in_turn(addresses);

/// Tries the addresses in order. The next attempt begins when one has failed, or has been alone for
/// alone_for; the first connection wins and the other attempts end. Used on its loop's thread, held by a
/// shared_ptr.
class address_race : public std::enable_shared_from_this<address_race> {
 public:
  /// Called once, from the loop: with a connected socket to be moved from, or the last attempt's error and
  /// null.
  using result_handler = std::function<void(system_error_code, socket_type*)>;
  address_race(boost::asio::io_context&, addresses, result_handler);

  void start();
  /// Ends all attempts; the handler is called with operation_aborted.
  void cancel();

 private:
  void begin_next();
  void attempted(std::size_t which, system_error_code);
  void finish(system_error_code, socket_type*);

  boost::asio::io_context& loop_;
  addresses to_;
  result_handler done_;
  boost::asio::steady_timer stagger_;
  std::vector<std::unique_ptr<socket_type>> attempts_;
  std::size_t pending_ = 0;
};

}  // namespace epicenter::runtime
