// The rules of a simulated connection: what its two sides may do, and what each learns of the other. As a
// kernel's TCP.
#pragma once

#include <array>
#include <epicenter/runtime/buffer_list.hpp>
#include <epicenter/runtime/virtual/pipe.hpp>
#include <utility>

namespace epicenter::runtime {

struct connection_ends {
  endpoint client;
  endpoint server;
};

/// Sides are 0, the client, and 1, the server.
class connection final : private pipe_owner {
 public:
  connection(simulation&, const link_model&, connection_ends, std::uint64_t jitter_seed);
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  void read(std::size_t side, std::span<const boost::asio::mutable_buffer>, io_handler);
  void write(std::size_t side, std::span<const boost::asio::const_buffer>, io_handler);
  void shutdown_write(std::size_t side);
  void close(std::size_t side);
  void reset(std::size_t side);
  bool is_quiet(std::size_t side) const;

  boost::asio::io_context& loop() { return world_.loop; }
  const endpoint& address(std::size_t side) const { return addresses_[side]; }

 private:
  // A reset on its way to one side.
  struct travelling_reset final : queued_event {
    travelling_reset(connection& whole, std::size_t to)
        : queued_event(event_kind::reset), owner(whole), side(to) {}
    void fire() override { owner.reset_arrived(side); }
    connection& owner;
    std::size_t side;
  };
  struct side_state {
    io_slot reader;
    buffer_list<boost::asio::mutable_buffer> reading;
    io_slot writer;
    buffer_list<boost::asio::const_buffer> writing;
    bool is_open = true;
    bool is_reset = false;  ///< a reset has reached this side
  };

  pipe& from(std::size_t side) { return pipes_[side]; }
  pipe& towards(std::size_t side) { return pipes_[1 - side]; }
  const pipe& towards(std::size_t side) const { return pipes_[1 - side]; }

  void arrived(pipe&) override;
  void reset_arrived(std::size_t side);
  void send_reset(std::size_t to_side);
  void abort_operations(std::size_t side, errc why);
  void resume_reader(std::size_t side);
  void resume_writer(std::size_t side);

  simulation& world_;
  std::array<endpoint, 2> addresses_;
  std::array<pipe, 2> pipes_;  ///< by writer
  std::array<travelling_reset, 2> resets_;
  std::array<side_state, 2> sides_;
};

}  // namespace epicenter::runtime
