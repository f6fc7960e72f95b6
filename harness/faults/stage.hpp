// What a fault does to the bytes of one direction of one connection, whatever they mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <epicenter/base/time.hpp>

namespace epicenter::faults {

/// The direction of bytes: requests go upstream, responses downstream.
enum class flow : std::uint8_t { upstream, downstream };

/// What a stage lets out, in the order of the calls. Times may be in the future and never decrease; a stage
/// that lets out an earlier time than before means the time before. runtime::never (instant::max()): not
/// before the fault has ended.
class outflow {
 public:
  /// The next bytes that came in go on at that time.
  virtual void pass(std::size_t bytes, instant at) = 0;
  /// The next bytes that came in are lost.
  virtual void drop(std::size_t bytes) = 0;
  /// The receiver sees the end of the stream (FIN). Nothing comes after it.
  virtual void end_of_stream(instant at) = 0;
  /// Both sides are closed by FIN, or by RST, when what was let out before has left. A later call takes the
  /// place of an earlier one that is not due yet.
  virtual void close(instant at) = 0;
  virtual void reset(instant at) = 0;

 protected:
  ~outflow() = default;
};

/// The state of one fault on one direction of one connection (or, where the fault selects requests, of one
/// exchange). Pure: all times come in. Every byte that comes in is passed or dropped before the call returns.
class stage {
 public:
  enum class parting : std::uint8_t {
    release,  ///< what is held or delayed flows at once
    close     ///< the connection is closed (FIN)
  };

  virtual ~stage() = default;
  /// The stage begins to act: on a new connection, or on one that is open.
  virtual void begin(instant, outflow&) {}
  virtual void on_bytes(std::size_t bytes, instant arrived, outflow&) = 0;
  /// The sender has ended the stream.
  virtual void on_end(instant arrived, outflow& out) { out.end_of_stream(arrived); }
  /// The fault has been changed in place: this stage follows that one on the same connection.
  virtual void take_over(const stage& before) { (void)before; }
  virtual parting on_removed() { return parting::release; }
};

}  // namespace epicenter::faults
