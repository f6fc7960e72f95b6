// One direction of a connection: a bounded ring of bytes, what is to become of them and when, and the writer.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include <epicenter/runtime/task.hpp>
#include "harness/proxy/active_fault.hpp"
#include "harness/proxy/fault_board.hpp"

namespace epicenter::proxy {

/// What comes with bytes that a fault delays, holds or makes up.
struct attachment {
  std::vector<holding> delayed_by;
  active_fault_ptr held_by;  ///< nothing moves until it has ended
  std::string payload;       ///< bytes that did not come from the peer
};
using attachment_ptr = std::unique_ptr<attachment>;

/// What a lane tells its connection.
class lane_owner {
 public:
  virtual void exchange_answered() = 0;  ///< the last byte of an answer has been written
  virtual void lane_ended() = 0;  ///< nothing more will be written: end of stream sent, or the peer is gone
  virtual void tear_down() = 0;   ///< reset both sides now
  virtual void close_both() = 0;  ///< close both sides now
  virtual bool client_has_left() const = 0;

 protected:
  ~lane_owner() = default;
};

/// Bytes are read into free_space() and committed; decisions about them follow in their order. Nothing is
/// copied: they are written from where they were read to. Times never decrease along the lane, so order and
/// spacing are kept.
class lane {
 public:
  lane(runtime::runtime&, const fault_board&, lane_owner&, std::size_t bound);
  lane(const lane&) = delete;
  lane& operator=(const lane&) = delete;

  void write_to(runtime::stream&);

  // ---- the reader's side
  boost::asio::mutable_buffer free_space();
  bool full() const { return size_ == bound_; }
  void commit(std::size_t bytes);
  /// Bytes committed about which nothing is decided yet.
  std::size_t undecided() const { return undecided_; }
  void forward(std::size_t bytes, instant due, attachment_ptr = nullptr);
  void discard(std::size_t bytes);
  /// Drops the bytes nothing is decided about at once: nothing that waits before them delays that.
  void drop_undecided();
  void insert(attachment_ptr payload, instant due);
  /// The answer to one request ends with what was decided last.
  void end_exchange();
  void end_stream();               ///< FIN after all before it
  void end_by_reset(instant due);  ///< RST both ways after all before it
  void end_by_close(instant due,
                    attachment_ptr);  ///< at the time, or when the client leaves or the fault ends
  /// Forgets what was not written yet.
  void drop();

  /// Writes what is due now. Called by the reader, so that bytes without a delay take no detour over another
  /// task.
  bool can_flush() const { return !writing_ && !steps_.empty() && ready(steps_.front()); }
  runtime::task<> flush();
  /// Writes what becomes due later. Runs for as long as the connection.
  runtime::task<> run_writer();
  /// Something that decides about the front has changed.
  void wake() { changed_.notify_all(); }
  void wake_if_pending() {
    if (!steps_.empty()) wake();
  }
  runtime::task<bool> wait_for_room();  ///< false where the task was cancelled
  void wake_reader() { room_.notify_all(); }

  void stop();  ///< ends every wait
  bool ended() const { return ended_ || broken_; }
  bool broken() const { return broken_; }

 private:
  enum class what : std::uint8_t { forward, discard, insert, end_stream, reset, close };
  struct step {
    what kind = what::forward;
    std::uint32_t answers = 0;  ///< exchanges that end with this
    std::size_t bytes = 0;
    instant due{};
    attachment_ptr more;
  };
  bool ready(const step&) const;
  void decide(std::size_t bytes, what, instant due, attachment_ptr);
  void add(step);
  void consume(std::size_t bytes);
  void finish_front();
  runtime::task<bool> write_front();

  runtime::runtime& runtime_;
  const fault_board& board_;
  lane_owner& owner_;
  runtime::stream* to_ = nullptr;
  std::unique_ptr<char[]> ring_;
  std::size_t bound_;
  std::size_t start_ = 0, size_ = 0, undecided_ = 0;
  std::deque<step> steps_;
  instant last_due_{};
  runtime::event changed_, room_;
  bool writing_ = false, ended_ = false, broken_ = false, stopped_ = false;
};

}  // namespace epicenter::proxy
