// The seam between the product and the world: time, connections, randomness, blocking work. Two
// implementations: real/ (sockets and the boot clock) and virtual/ (a discrete-event simulation). Code above
// this folder cannot tell.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <epicenter/runtime/random.hpp>
#include <epicenter/runtime/stream.hpp>
#include <epicenter/runtime/unseen_relay.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace epicenter::runtime {

/// A coroutine of the project. Above runtime and http a task returns a value or a result<T>, and does not
/// throw.
template <class T = void>
using task = boost::asio::awaitable<T>;

using wait_handler = boost::asio::any_completion_handler<void(system_error_code)>;
using connect_handler = accept_handler;

/// One single-threaded world. Everything made from a runtime is used on its thread only; more cores are used
/// by more runtimes. Destroy what was made from it before the runtime itself.
class runtime {
 public:
  virtual ~runtime() = default;
  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;

  virtual executor get_executor() = 0;
  /// Monotonic time since this runtime's epoch; goes on during suspend (CLOCK_BOOTTIME).
  virtual instant now() const = 0;
  /// Calls the handler at the instant (at once if it is past), or with operation_aborted when it is
  /// cancelled.
  virtual void wait_until(instant, wait_handler) = 0;
  /// Resolves and connects. No time limit of its own: see with_timeout.
  virtual void connect(endpoint, connect_handler) = 0;
  virtual result<listener_ptr> listen(endpoint) = 0;
  /// Runs work that blocks (files, SQLite) away from the event loop, then calls done on the loop: a thread
  /// pool in the real runtime; inline, with a modelled latency, in the virtual one. Work is never run twice,
  /// and is run even when nobody waits for it any more.
  virtual void run_blocking(std::function<void()> work, boost::asio::any_completion_handler<void()> done) = 0;

  /// Begins to relay between two connections without looking at the bytes; on_done is called on the loop when
  /// it has ended by itself. Null where these streams or this runtime cannot: they are to be read and written
  /// then.
  virtual unseen_relay_ptr relay_unseen(stream&, stream&, relay_counters&, std::function<void()> on_done) {
    (void)on_done;
    return nullptr;
  }

  /// Calendar time: the epoch of the run, plus now(), plus the skew set for this runtime.
  wall_time wall() const { return wall_epoch_ + now().time_since_epoch() + wall_skew_; }
  /// Shifts wall() and nothing else: a host whose clock is wrong.
  void set_wall_skew(duration skew) { wall_skew_ = skew; }

  std::uint64_t seed() const { return seed_; }
  /// A stream of random numbers of its own for each name; the same name again gives the same sequence from
  /// its start.
  random_stream random(std::string_view name) const { return random_stream(derive_seed(seed_, name)); }

  /// The names of the tasks that are alive, with their number each: what a stuck run is waiting for.
  const std::map<std::string, int, std::less<>>& live_tasks() const { return live_tasks_; }
  void task_started(std::string_view name) { ++live_tasks_.try_emplace(std::string(name), 0).first->second; }
  void task_ended(std::string_view name);
  /// Called with what a spawned task threw: the run has failed. The first failure is kept, and run() rethrows
  /// it.
  virtual void fail_run(std::exception_ptr, std::string_view task_name) = 0;

 protected:
  runtime(std::uint64_t seed, wall_time wall_epoch) : seed_(seed), wall_epoch_(wall_epoch) {}

 private:
  std::uint64_t seed_;
  wall_time wall_epoch_;
  duration wall_skew_{};
  std::map<std::string, int, std::less<>> live_tasks_;
};

/// Sleeps; cancelled tasks wake at once with errc::cancelled.
task<result<>> sleep_until(runtime&, instant);
task<result<>> sleep_for(runtime&, duration);

/// Connects within the deadline: refused, name_not_found, timed_out, …
task<result<stream_ptr>> connect(runtime&, endpoint, instant deadline);
/// The next connection; errc::closed after close().
task<result<stream_ptr>> accept(listener&);

/// At least one byte, or end_of_stream, reset, closed, cancelled.
task<result<std::size_t>> read_some(stream&, boost::asio::mutable_buffer);
task<result<>> write_all(stream&, boost::asio::const_buffer);

/// Moves bytes both ways until both sides have ended, passing half-closes and resets on, with at most `bound`
/// bytes of either direction in memory. Returns the bytes moved {a to b, b to a}.
struct relayed {
  std::uint64_t forward = 0;
  std::uint64_t backward = 0;
};
task<result<relayed>> relay(runtime&, stream& a, stream& b, std::size_t bound = 64 * 1024);

/// Runs blocking work and resumes on the loop with what it returned. The work must not throw.
template <class F>
auto blocking(runtime& rt, F work) -> task<decltype(work())>;

}  // namespace epicenter::runtime

#include <epicenter/runtime/blocking.ipp>
