#include <algorithm>
#include <epicenter/runtime/virtual/pipe.hpp>

namespace epicenter::runtime {

pipe::pipe(simulation& world, pipe_owner& owner, const link_model& model, std::uint64_t jitter_seed)
    : queued_event(event_kind::delivery),
      world_(world),
      owner_(owner),
      model_(model),
      ring_(model.buffer),
      jitter_(jitter_seed) {}

std::size_t pipe::send(std::span<const boost::asio::const_buffer> buffers) {
  std::size_t sent = 0;
  for (const auto& one : buffers) {
    const std::size_t count = std::min(one.size(), ring_.space());
    ring_.push(one.data(), count);
    sent += count;
  }
  if (sent > 0) append(sent);
  return sent;
}

void pipe::send_fin() {
  fin_sent_ = true;
  append(0);
}

void pipe::append(std::size_t bytes) {
  const instant arrives = arrival_of(bytes);
  on_the_way_.push_back({line_free_, arrives, bytes});
  if (!is_scheduled()) world_.queue.schedule(*this, arrives);
}

instant pipe::arrival_of(std::size_t bytes) {
  line_free_ = std::max(line_free_, world_.now);
  if (model_.bytes_per_second > 0) {
    constexpr double nanoseconds = 1e9;
    const double taken =
        static_cast<double>(bytes) * nanoseconds / static_cast<double>(model_.bytes_per_second);
    line_free_ += duration{static_cast<std::int64_t>(taken)};
  }
  instant arrives = line_free_ + model_.latency;
  if (model_.jitter > duration{0}) arrives += jitter_.between(duration{0}, model_.jitter);
  last_arrival_ = std::max(last_arrival_, arrives);
  return last_arrival_;
}

void pipe::fire() {
  while (!on_the_way_.empty() && on_the_way_.front().arrives <= world_.now) {
    const std::size_t bytes = on_the_way_.front().bytes;
    on_the_way_.pop_front();
    readable_ += bytes;
    if (bytes == 0) fin_arrived_ = true;
  }
  if (!on_the_way_.empty()) world_.queue.schedule(*this, on_the_way_.front().arrives);
  owner_.arrived(*this);
}

std::size_t pipe::receive(std::span<const boost::asio::mutable_buffer> buffers) {
  std::size_t got = 0;
  for (const auto& one : buffers) {
    const std::size_t count = std::min(one.size(), readable_);
    ring_.pop(one.data(), count);
    readable_ -= count;
    got += count;
  }
  return got;
}

std::size_t pipe::discard_readable() {
  const std::size_t dropped = readable_;
  ring_.drop_front(dropped);
  readable_ = 0;
  return dropped;
}

void pipe::discard_unsent() {
  while (!on_the_way_.empty() && on_the_way_.back().departs > world_.now) {
    ring_.drop_back(on_the_way_.back().bytes);
    on_the_way_.pop_back();
  }
  line_free_ = world_.now;
  last_arrival_ = on_the_way_.empty() ? world_.now : on_the_way_.back().arrives;
  if (on_the_way_.empty()) world_.queue.remove(*this);
}

void pipe::discard_all() {
  ring_.drop_front(ring_.size());
  readable_ = 0;
  on_the_way_.clear();
  world_.queue.remove(*this);
}

}  // namespace epicenter::runtime
