// One direction of a simulated connection.
#pragma once

#include <deque>
#include <epicenter/runtime/virtual/byte_ring.hpp>
#include <epicenter/runtime/virtual/link_model.hpp>
#include <epicenter/runtime/virtual/simulation.hpp>
#include <span>

namespace epicenter::runtime {

class pipe;

class pipe_owner {
 public:
  /// Bytes or the end of the stream have reached the pipe's far end.
  virtual void arrived(pipe&) = 0;

 protected:
  ~pipe_owner() = default;
};

/// What one side wrote and the other has not read yet. Its own event is the arrival of the next segment.
class pipe final : public queued_event {
 public:
  pipe(simulation&, pipe_owner&, const link_model&, std::uint64_t jitter_seed);

  /// Copies what fits and sends it; 0 when the buffer is full.
  std::size_t send(std::span<const boost::asio::const_buffer>);
  void send_fin();
  bool fin_sent() const { return fin_sent_; }

  std::size_t readable() const { return readable_; }
  bool fin_arrived() const { return fin_arrived_; }
  std::size_t receive(std::span<const boost::asio::mutable_buffer>);
  /// Drops what can be read, and tells how much it was.
  std::size_t discard_readable();
  /// Takes back what has not left its sender yet.
  void discard_unsent();
  void discard_all();
  /// When a message of that size that is sent now arrives; it takes its place in the order.
  instant arrival_of(std::size_t bytes);

  void fire() override;

 private:
  struct segment {
    instant departs;
    instant arrives;
    std::size_t bytes;  ///< 0: the end of the stream
  };
  void append(std::size_t bytes);

  simulation& world_;
  pipe_owner& owner_;
  link_model model_;
  byte_ring ring_;  ///< first what can be read, then what is on its way
  random_stream jitter_;
  std::deque<segment> on_the_way_;
  std::size_t readable_ = 0;
  instant line_free_{};
  instant last_arrival_{};
  bool fin_sent_ = false;
  bool fin_arrived_ = false;
};

}  // namespace epicenter::runtime
