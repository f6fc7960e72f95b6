// The keep-alive connections of a client, by origin, and the queue for them.
#pragma once

#include <epicenter/http/client.hpp>
#include <epicenter/http/message_reader.hpp>
#include <epicenter/http/watchdog.hpp>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace epicenter::http {

/// A connection and what is reused from exchange to exchange on it. When its watchdog expires in an exchange,
/// the stream is closed, and the exchange finds out by that.
struct client_connection {
  client_connection(runtime::runtime&, runtime::stream_ptr, limits);

  runtime::stream_ptr stream;
  message_reader reader;
  std::string buffer;  ///< for reading
  bool expired = false;
  std::function<void()> when_idle_expires;  ///< set while the connection is idle
  watchdog dog;
};

class connection_pool {
 public:
  /// The right to one of an origin's connections; null until the holder has opened it. Gives the place back,
  /// and closes the connection, unless keep() was called.
  class lease {
   public:
    lease(connection_pool& pool, origin where, std::unique_ptr<client_connection> c)
        : connection(std::move(c)), pool_(&pool), where_(std::move(where)) {}
    ~lease();
    lease(lease&& other) noexcept
        : connection(std::move(other.connection)),
          pool_(std::exchange(other.pool_, nullptr)),
          where_(std::move(other.where_)) {}
    lease& operator=(lease&&) = delete;

    /// Back to the pool for another request. True where one was waiting for it.
    bool keep();

    std::unique_ptr<client_connection> connection;

   private:
    connection_pool* pool_;
    origin where_;
  };

  connection_pool(runtime::runtime&, const client_options&);

  /// A quiet idle connection or the right to open one; first come, first served. errc::pool_exhausted,
  /// errc::cancelled.
  runtime::task<result<lease>> acquire(origin, instant deadline);
  /// The same where nobody must wait.
  std::optional<lease> try_acquire(const origin&);

  std::size_t open() const { return open_; }
  /// Closes idle connections, now and as they come back.
  void close_idle();

 private:
  struct waiter;
  struct origin_state {
    std::vector<std::unique_ptr<client_connection>> idle;  // the longest unused first
    std::size_t places_taken = 0;                          // idle connections included
    std::list<waiter*> waiters;
  };
  // True where a request was waiting.
  bool take_back(const origin&, std::unique_ptr<client_connection>);
  bool free_place(const origin&);
  void idle_expired(const client_connection*);

  runtime::runtime& runtime_;
  std::size_t max_;
  duration idle_timeout_;
  bool closing_ = false;
  std::size_t open_ = 0;
  std::map<origin, origin_state> origins_;
};

}  // namespace epicenter::http
