// One direction of a connection: a bounded ring of bytes, what is to become of them and when, and the writer.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include <epicenter/runtime/task.hpp>
#include "harness/proxy/route_faults.hpp"
#include "harness/proxy/stage_chain.hpp"

namespace epicenter::proxy {

/// What comes with bytes that a fault delays, holds or makes up.
struct attachment {
  std::vector<holding> delayed_by;                     ///< counts them as active
  std::vector<std::shared_ptr<const holding>> staged;  ///< as well
  active_fault_ptr held_by;                            ///< nothing moves until it has ended
  std::string payload;                                 ///< bytes that did not come from the peer
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

/// Bytes are read into free_space() and committed; decisions about them follow in their order, then the
/// stages of faults, then the writer. Nothing is copied: bytes are written from where they were read to. What
/// is behind waits for what is before it.
class lane final : private stage_sink {
 public:
  lane(runtime::runtime&, const route_faults&, lane_owner&, std::size_t bound,
       std::atomic<std::uint64_t>& written);
  lane(const lane&) = delete;
  lane& operator=(const lane&) = delete;

  void write_to(runtime::stream&);

  // ---- the reader's side
  boost::asio::mutable_buffer free_space();
  bool full() const { return size_ == bound_ || steps_.size() >= most_steps; }
  void commit(std::size_t bytes);
  /// Takes bytes that somebody else has read; they must fit.
  void put(std::string_view);
  /// Bytes committed about which nothing is decided yet: how many, and (contiguous) which.
  std::size_t undecided() const { return undecided_; }
  void copy_undecided(std::string& to, std::size_t bytes) const;
  /// `extra`: stages of faults that act on these bytes alone, before those of the lane.
  void forward(std::size_t bytes, instant due, attachment_ptr = nullptr, live_stages* extra = nullptr,
               fault_mask by = 0);
  void discard(std::size_t bytes);
  /// Drops the bytes nothing is decided about at once: nothing that waits before them delays that.
  void drop_undecided();
  void insert(attachment_ptr payload, instant due, live_stages* extra = nullptr, fault_mask by = 0);
  /// The answer to one request ends with what was decided last.
  void end_exchange();
  /// Stages that end with their exchange count as active until what was decided last has left.
  void outlive(const live_stages&);
  void end_stream();               ///< FIN after all before it
  void end_by_reset(instant due);  ///< RST both ways after all before it
  void end_by_close(instant due,
                    attachment_ptr);  ///< at the time, or when the client leaves or the fault ends
  /// Forgets what was not written yet.
  void drop();

  // ---- faults
  live_stages& stages() { return stages_; }
  /// Where stages that are not the lane's own let out what they let out.
  stage_sink& sink() { return *this; }
  /// Calls begin() of a stage that was put in there.
  void begin_stage(std::size_t which, instant now) { run_begin(stages_, which, now, *this); }
  /// The bit of a fault on this lane, for its stages.
  fault_mask bit_of(const active_fault_ptr&);
  /// Those of the faults that have not ended.
  fault_mask bits_of(const std::vector<active_fault_ptr>&);
  /// What faults that have ended delay or hold flows at once.
  void release_ended(instant now);

  /// Writes what can be written without waiting. What is left is for flush() or the writer.
  void flush_now();
  bool can_flush() const { return !writing_ && next_is_ready(); }
  runtime::task<> flush();
  /// Writes what becomes due later. Runs for as long as the connection.
  runtime::task<> run_writer();
  /// Something that decides about the front has changed.
  void wake() { changed_.notify_all(); }
  void wake_if_pending() {
    if (!steps_.empty() || ending_) wake();
  }
  runtime::task<bool> wait_for_room();  ///< false where the task was cancelled
  void wake_reader() { room_.notify_all(); }

  void stop();  ///< ends every wait
  bool ended() const { return ended_ || broken_; }
  bool broken() const { return broken_; }

 private:
  static constexpr std::size_t most_steps = 8192;

  enum class what : std::uint8_t { forward, discard, insert, end_stream, reset, close };
  struct step {
    what kind = what::forward;
    std::uint32_t answers = 0;  ///< exchanges that end with this
    std::size_t bytes = 0;
    instant due{};
    fault_mask by = 0;
    attachment_ptr more;
    std::shared_ptr<const std::string> payload;  ///< of an insert
    std::size_t offset = 0;
  };
  /// How stages of faults end the connection.
  struct ending {
    bool by_reset = false;
    instant due{};
    fault_mask by = 0;
  };

  void out_bytes(std::size_t, instant at, fault_mask by) override;
  void out_dropped(std::size_t) override;
  void out_end_of_stream(instant at, fault_mask by) override;
  void out_close(instant at, fault_mask by) override;
  void out_reset(instant at, fault_mask by) override;

  bool ready(const step&) const;
  bool next_is_ready() const;
  instant next_due() const;
  void run_through(std::size_t bytes, instant due, live_stages* extra, fault_mask by);
  void add(step);
  void consume(std::size_t bytes);
  void finish_front();
  bool carry_out_front();
  boost::asio::const_buffer front_bytes() const;
  void front_written(std::size_t bytes);
  runtime::task<bool> write_front();

  runtime::runtime& runtime_;
  const route_faults& faults_;
  lane_owner& owner_;
  std::atomic<std::uint64_t>& written_;
  runtime::stream* to_ = nullptr;
  std::unique_ptr<char[]> ring_;  ///< made when the first byte comes
  std::size_t bound_;
  std::size_t start_ = 0, size_ = 0, undecided_ = 0;
  std::deque<step> steps_;
  std::optional<ending> ending_;
  live_stages stages_;
  std::vector<active_fault_ptr> bits_;
  std::shared_ptr<const std::string>
      current_payload_;  ///< goes through the stages now; null: bytes of the ring
  std::size_t current_offset_ = 0;
  attachment_ptr current_more_;
  runtime::event changed_, room_;
  bool writing_ = false, ended_ = false, broken_ = false, stopped_ = false;
  bool lost_ =
      false;  ///< bytes of an exchange were lost: a stream has no holes, so that none pass behind them
};

}  // namespace epicenter::proxy
