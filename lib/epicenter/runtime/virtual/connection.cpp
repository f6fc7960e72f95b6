#include <epicenter/runtime/virtual/connection.hpp>

namespace epicenter::runtime {

connection::connection(simulation& world, const link_model& model, connection_ends ends,
                       std::uint64_t jitter_seed)
    : world_(world),
      addresses_{std::move(ends.client), std::move(ends.server)},
      pipes_{pipe(world, *this, model, derive_seed(jitter_seed, "forward")),
             pipe(world, *this, model, derive_seed(jitter_seed, "backward"))},
      resets_{travelling_reset(*this, 0), travelling_reset(*this, 1)} {}

void connection::read(std::size_t side, std::span<const boost::asio::mutable_buffer> buffers,
                      io_handler handler) {
  side_state& own = sides_[side];
  pipe& incoming = towards(side);
  const buffer_list<boost::asio::mutable_buffer> wanted(buffers);
  const auto finish = [&](system_error_code code, std::size_t bytes) {
    io_slot::post(loop(), std::move(handler), code, bytes);
  };
  if (!own.is_open) return finish(to_system(errc::closed), 0);
  if (wanted.bytes() == 0) return finish({}, 0);
  if (incoming.readable() > 0) {
    const std::size_t got = incoming.receive(wanted.span());
    resume_writer(1 - side);
    return finish({}, got);
  }
  if (incoming.fin_arrived()) return finish(to_system(errc::end_of_stream), 0);
  if (own.is_reset) return finish(to_system(errc::reset), 0);
  own.reading = wanted;
  own.reader.wait(world_.operations, std::move(handler), [this, &own] {
    if (own.reader.is_waiting()) own.reader.complete(loop(), to_system(errc::cancelled), 0);
  });
}

void connection::write(std::size_t side, std::span<const boost::asio::const_buffer> buffers,
                       io_handler handler) {
  side_state& own = sides_[side];
  pipe& outgoing = from(side);
  const buffer_list<boost::asio::const_buffer> given(buffers);
  const auto finish = [&](system_error_code code, std::size_t bytes) {
    io_slot::post(loop(), std::move(handler), code, bytes);
  };
  if (!own.is_open || outgoing.fin_sent()) return finish(to_system(errc::closed), 0);
  if (own.is_reset) return finish(to_system(errc::reset), 0);
  if (given.bytes() == 0) return finish({}, 0);
  const std::size_t sent = outgoing.send(given.span());
  if (sent > 0) return finish({}, sent);
  own.writing = given;
  own.writer.wait(world_.operations, std::move(handler), [this, &own] {
    if (own.writer.is_waiting()) own.writer.complete(loop(), to_system(errc::cancelled), 0);
  });
}

void connection::shutdown_write(std::size_t side) {
  side_state& own = sides_[side];
  if (!own.is_open || own.is_reset || from(side).fin_sent()) return;
  if (own.writer.is_waiting()) own.writer.complete(loop(), to_system(errc::closed), 0);
  from(side).send_fin();
}

void connection::abort_operations(std::size_t side, errc why) {
  side_state& own = sides_[side];
  if (own.reader.is_waiting()) own.reader.complete(loop(), to_system(why), 0);
  if (own.writer.is_waiting()) own.writer.complete(loop(), to_system(why), 0);
}

void connection::close(std::size_t side) {
  side_state& own = sides_[side];
  if (!own.is_open) return;
  const bool unread = towards(side).readable() > 0;
  abort_operations(side, errc::cancelled);
  own.is_open = false;
  if (own.is_reset) return;
  // A kernel that throws away received bytes says so: it sends a reset in place of the end of the stream.
  if (unread) {
    send_reset(1 - side);
  } else if (!from(side).fin_sent()) {
    from(side).send_fin();
  }
}

void connection::reset(std::size_t side) {
  side_state& own = sides_[side];
  if (!own.is_open) return;
  // There is no such thing on a Unix socket: its peer sees the end of the stream.
  if (addresses_[1].is_unix()) return close(side);
  abort_operations(side, errc::cancelled);
  own.is_open = false;
  if (!own.is_reset) send_reset(1 - side);
}

void connection::send_reset(std::size_t to_side) {
  if (!sides_[to_side].is_open || sides_[to_side].is_reset) return;
  pipe& carrier = towards(to_side);
  carrier.discard_unsent();
  if (!resets_[to_side].is_scheduled()) world_.queue.schedule(resets_[to_side], carrier.arrival_of(0));
}

void connection::reset_arrived(std::size_t side) {
  sides_[side].is_reset = true;
  from(side).discard_all();
  abort_operations(side, errc::reset);
}

void connection::arrived(pipe& incoming) {
  const std::size_t reader = &incoming == &pipes_[0] ? 1 : 0;
  if (sides_[reader].is_open) return resume_reader(reader);
  // Nobody will read these: the sender is told, and its buffer is free again.
  if (incoming.discard_readable() > 0) send_reset(1 - reader);
  resume_writer(1 - reader);
}

void connection::resume_reader(std::size_t side) {
  side_state& own = sides_[side];
  pipe& incoming = towards(side);
  if (!own.reader.is_waiting()) return;
  if (incoming.readable() > 0) {
    const std::size_t got = incoming.receive(own.reading.span());
    own.reader.complete(loop(), {}, got);
    resume_writer(1 - side);
  } else if (incoming.fin_arrived()) {
    own.reader.complete(loop(), to_system(errc::end_of_stream), 0);
  }
}

void connection::resume_writer(std::size_t side) {
  side_state& own = sides_[side];
  if (!own.writer.is_waiting()) return;
  const std::size_t sent = from(side).send(own.writing.span());
  if (sent > 0) own.writer.complete(loop(), {}, sent);
}

bool connection::is_quiet(std::size_t side) const {
  const pipe& incoming = towards(side);
  return sides_[side].is_open && incoming.readable() == 0 && !incoming.fin_arrived() &&
         !sides_[side].is_reset;
}

}  // namespace epicenter::runtime
