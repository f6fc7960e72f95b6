#include <array>
#include <boost/asio/error.hpp>
#include <deque>
#include <epicenter/runtime/virtual/pipe_stream.hpp>

namespace epicenter::runtime {
namespace {

class connection;

// One direction: what one side wrote and the other has not read yet. The front `arrived` bytes of the ring
// can be read; the rest is on its way, in segments.
class half final : public queued_event {
 public:
  half(connection& owner, int writer, const link_model& model, std::uint64_t seed)
      : queued_event(event_kind::delivery),
        owner_(owner),
        writer_(writer),
        model_(model),
        ring_(model.buffer),
        jitter_(seed) {}

  void fire() override;
  /// Copies what fits and sends it; 0 when the buffer is full.
  std::size_t send(std::span<const boost::asio::const_buffer> buffers);
  void send_fin();
  void deliver();
  std::size_t receive(std::span<const boost::asio::mutable_buffer> buffers);
  /// Takes back what has not left its sender yet.
  void discard_unsent();
  void discard_all();
  /// When something sent now arrives.
  instant arrival_of(std::size_t bytes);

  struct segment {
    instant departs;
    instant arrives;
    std::size_t bytes;  ///< 0: the end of the stream
  };
  connection& owner_;
  int writer_;
  link_model model_;
  byte_ring ring_;
  random_stream jitter_;
  std::deque<segment> on_the_way_;
  std::size_t arrived_ = 0;
  instant line_free_{};
  instant last_arrival_{};
  bool fin_sent_ = false;
  bool fin_arrived_ = false;

  io_slot reader_;
  buffer_list<boost::asio::mutable_buffer> reading_;
  io_slot writer_waiting_;
  buffer_list<boost::asio::const_buffer> writing_;
};

// A reset that travels to one side.
struct reset_event final : queued_event {
  reset_event(connection& whole, int to) : queued_event(event_kind::reset), owner(whole), side(to) {}
  void fire() override;
  connection& owner;
  int side;
};

class connection {
 public:
  connection(simulation& world, const link_model& model, connection_ends ends, std::uint64_t seed)
      : world_(world),
        is_unix_(ends.server.is_unix()),
        addresses_{std::move(ends.client), std::move(ends.server)},
        halves_{half(*this, 0, model, derive_seed(seed, "forward")),
                half(*this, 1, model, derive_seed(seed, "backward"))},
        resets_{reset_event(*this, 0), reset_event(*this, 1)} {}

  void read(int side, std::span<const boost::asio::mutable_buffer>, io_handler);
  void write(int side, std::span<const boost::asio::const_buffer>, io_handler);
  void shutdown_write(int side);
  void close(int side);
  void reset(int side);
  bool is_quiet(int side) const;

  void reset_arrived(int side);
  void bytes_arrived(half&);
  void answer_with_reset(int to_side);
  void resume_reader(half&);
  void resume_writer(half&);

  half& out(int side) { return halves_[static_cast<std::size_t>(side)]; }
  half& in(int side) { return halves_[static_cast<std::size_t>(1 - side)]; }
  const half& in(int side) const { return halves_[static_cast<std::size_t>(1 - side)]; }
  boost::asio::io_context& loop() { return world_.loop; }
  bool& open(int side) { return open_[static_cast<std::size_t>(side)]; }
  bool is_open(int side) const { return open_[static_cast<std::size_t>(side)]; }
  bool is_reset(int side) const { return reset_[static_cast<std::size_t>(side)]; }
  bool can_receive(const half& h) const { return is_open(1 - h.writer_); }

  simulation& world_;
  bool is_unix_;
  std::array<endpoint, 2> addresses_;
  std::array<half, 2> halves_;
  std::array<reset_event, 2> resets_;
  std::array<bool, 2> open_{true, true};
  std::array<bool, 2> reset_{false, false};  ///< a reset has reached this side

 private:
  void abort_operations(int side);
};

void half::fire() {
  deliver();
}
void reset_event::fire() {
  owner.reset_arrived(side);
}

std::size_t half::send(std::span<const boost::asio::const_buffer> buffers) {
  std::size_t sent = 0;
  for (const auto& one : buffers) {
    const std::size_t count = std::min(one.size(), ring_.space());
    ring_.push(one.data(), count);
    sent += count;
  }
  if (sent == 0) return 0;
  const instant arrives = arrival_of(sent);
  on_the_way_.push_back({line_free_, arrives, sent});
  if (!is_scheduled()) owner_.world_.queue.schedule(*this, arrives);
  return sent;
}

void half::send_fin() {
  fin_sent_ = true;
  const instant arrives = arrival_of(0);
  on_the_way_.push_back({line_free_, arrives, 0});
  if (!is_scheduled()) owner_.world_.queue.schedule(*this, arrives);
}

instant half::arrival_of(std::size_t bytes) {
  line_free_ = std::max(line_free_, owner_.world_.now);
  if (model_.bytes_per_second > 0) {
    constexpr double nanoseconds = 1e9;
    line_free_ += duration{static_cast<std::int64_t>(static_cast<double>(bytes) * nanoseconds /
                                                     static_cast<double>(model_.bytes_per_second))};
  }
  instant arrives = line_free_ + model_.latency;
  if (model_.jitter > duration{0}) arrives += jitter_.between(duration{0}, model_.jitter);
  last_arrival_ = std::max(last_arrival_, arrives);
  return last_arrival_;
}

void half::deliver() {
  while (!on_the_way_.empty() && on_the_way_.front().arrives <= owner_.world_.now) {
    const std::size_t bytes = on_the_way_.front().bytes;
    on_the_way_.pop_front();
    arrived_ += bytes;
    if (bytes == 0) fin_arrived_ = true;
  }
  if (!on_the_way_.empty()) owner_.world_.queue.schedule(*this, on_the_way_.front().arrives);
  owner_.bytes_arrived(*this);
}

std::size_t half::receive(std::span<const boost::asio::mutable_buffer> buffers) {
  std::size_t got = 0;
  for (const auto& one : buffers) {
    const std::size_t count = std::min(one.size(), arrived_);
    ring_.pop(one.data(), count);
    arrived_ -= count;
    got += count;
  }
  return got;
}

void half::discard_unsent() {
  while (!on_the_way_.empty() && on_the_way_.back().departs > owner_.world_.now) {
    ring_.drop_back(on_the_way_.back().bytes);
    on_the_way_.pop_back();
  }
  last_arrival_ = on_the_way_.empty() ? owner_.world_.now : on_the_way_.back().arrives;
  line_free_ = owner_.world_.now;
  if (on_the_way_.empty()) owner_.world_.queue.remove(*this);
}

void half::discard_all() {
  ring_.drop_front(ring_.size());
  arrived_ = 0;
  on_the_way_.clear();
  owner_.world_.queue.remove(*this);
}

void connection::read(int side, std::span<const boost::asio::mutable_buffer> buffers, io_handler handler) {
  half& from = in(side);
  const buffer_list<boost::asio::mutable_buffer> wanted(buffers);
  const auto finish = [&](system_error_code code, std::size_t bytes) {
    io_slot::post(loop(), std::move(handler), code, bytes);
  };
  if (!is_open(side)) return finish(to_system(errc::closed), 0);
  if (wanted.bytes() == 0) return finish({}, 0);
  if (from.arrived_ > 0) {
    const std::size_t got = from.receive(wanted.span());
    resume_writer(from);
    return finish({}, got);
  }
  if (from.fin_arrived_) return finish(to_system(errc::end_of_stream), 0);
  if (is_reset(side)) return finish(to_system(errc::reset), 0);
  from.reading_ = wanted;
  from.reader_.wait(world_.operations, std::move(handler), [this, &from] {
    if (from.reader_.is_waiting()) from.reader_.complete(loop(), to_system(errc::cancelled), 0);
  });
}

void connection::write(int side, std::span<const boost::asio::const_buffer> buffers, io_handler handler) {
  half& to = out(side);
  const buffer_list<boost::asio::const_buffer> given(buffers);
  const auto finish = [&](system_error_code code, std::size_t bytes) {
    io_slot::post(loop(), std::move(handler), code, bytes);
  };
  if (!is_open(side) || to.fin_sent_) return finish(to_system(errc::closed), 0);
  if (is_reset(side)) return finish(to_system(errc::reset), 0);
  if (given.bytes() == 0) return finish({}, 0);
  const std::size_t sent = to.send(given.span());
  if (sent > 0) return finish({}, sent);
  to.writing_ = given;
  to.writer_waiting_.wait(world_.operations, std::move(handler), [this, &to] {
    if (to.writer_waiting_.is_waiting()) to.writer_waiting_.complete(loop(), to_system(errc::cancelled), 0);
  });
}

void connection::shutdown_write(int side) {
  half& to = out(side);
  if (!is_open(side) || is_reset(side) || to.fin_sent_) return;
  if (to.writer_waiting_.is_waiting()) to.writer_waiting_.complete(loop(), to_system(errc::closed), 0);
  to.send_fin();
}

void connection::abort_operations(int side) {
  if (in(side).reader_.is_waiting()) in(side).reader_.complete(loop(), to_system(errc::cancelled), 0);
  if (out(side).writer_waiting_.is_waiting()) {
    out(side).writer_waiting_.complete(loop(), to_system(errc::cancelled), 0);
  }
}

void connection::close(int side) {
  if (!is_open(side)) return;
  const bool unread = in(side).arrived_ > 0;
  abort_operations(side);
  open(side) = false;
  if (is_reset(side)) return;
  // A kernel that throws away received bytes says so: it sends a reset in place of the end of the stream.
  if (unread) {
    answer_with_reset(1 - side);
  } else if (!out(side).fin_sent_) {
    out(side).send_fin();
  }
}

void connection::reset(int side) {
  if (!is_open(side)) return;
  // There is no such thing on a Unix socket: its peer sees the end of the stream.
  if (is_unix_) return close(side);
  abort_operations(side);
  open(side) = false;
  if (!is_reset(side)) answer_with_reset(1 - side);
}

void connection::answer_with_reset(int to_side) {
  if (!is_open(to_side) || is_reset(to_side)) return;
  half& carrier = in(to_side);
  carrier.discard_unsent();
  reset_event& travelling = resets_[static_cast<std::size_t>(to_side)];
  if (!travelling.is_scheduled()) world_.queue.schedule(travelling, carrier.arrival_of(0));
}

void connection::reset_arrived(int side) {
  reset_[static_cast<std::size_t>(side)] = true;
  half& outgoing = out(side);
  outgoing.discard_all();
  if (outgoing.writer_waiting_.is_waiting()) {
    outgoing.writer_waiting_.complete(loop(), to_system(errc::reset), 0);
  }
  if (in(side).reader_.is_waiting()) in(side).reader_.complete(loop(), to_system(errc::reset), 0);
}

void connection::bytes_arrived(half& to) {
  if (can_receive(to)) return resume_reader(to);
  // Nobody will read these: the sender is told, and its buffer is free again.
  const std::size_t dropped = to.arrived_;
  to.ring_.drop_front(dropped);
  to.arrived_ = 0;
  if (dropped > 0) answer_with_reset(to.writer_);
  resume_writer(to);
}

void connection::resume_reader(half& from) {
  if (!from.reader_.is_waiting()) return;
  if (from.arrived_ > 0) {
    const std::size_t got = from.receive(from.reading_.span());
    from.reader_.complete(loop(), {}, got);
    resume_writer(from);
  } else if (from.fin_arrived_) {
    from.reader_.complete(loop(), to_system(errc::end_of_stream), 0);
  }
}

void connection::resume_writer(half& to) {
  if (!to.writer_waiting_.is_waiting()) return;
  const std::size_t sent = to.send(to.writing_.span());
  if (sent > 0) to.writer_waiting_.complete(loop(), {}, sent);
}

bool connection::is_quiet(int side) const {
  return is_open(side) && in(side).arrived_ == 0 && !in(side).fin_arrived_ && !is_reset(side);
}

class pipe_stream final : public stream {
 public:
  pipe_stream(std::shared_ptr<connection> whole, int side) : whole_(std::move(whole)), side_(side) {}
  ~pipe_stream() override { whole_->close(side_); }

  executor get_executor() override { return whole_->loop().get_executor(); }
  void async_read_some(std::span<const boost::asio::mutable_buffer> buffers, io_handler handler) override {
    whole_->read(side_, buffers, std::move(handler));
  }
  void async_write_some(std::span<const boost::asio::const_buffer> buffers, io_handler handler) override {
    whole_->write(side_, buffers, std::move(handler));
  }
  void shutdown_write() override { whole_->shutdown_write(side_); }
  void close() override { whole_->close(side_); }
  void reset() override { whole_->reset(side_); }
  bool is_quiet() const override { return whole_->is_quiet(side_); }
  endpoint local_endpoint() const override { return whole_->addresses_[static_cast<std::size_t>(side_)]; }
  endpoint remote_endpoint() const override {
    return whole_->addresses_[static_cast<std::size_t>(1 - side_)];
  }

 private:
  std::shared_ptr<connection> whole_;
  int side_;
};

}  // namespace

std::pair<stream_ptr, stream_ptr> make_connection(simulation& world, const link_model& model,
                                                  connection_ends ends, std::uint64_t jitter_seed) {
  auto whole = std::make_shared<connection>(world, model, std::move(ends), jitter_seed);
  stream_ptr client = std::make_unique<pipe_stream>(whole, 0);
  stream_ptr server = std::make_unique<pipe_stream>(std::move(whole), 1);
  return {std::move(client), std::move(server)};
}

}  // namespace epicenter::runtime
