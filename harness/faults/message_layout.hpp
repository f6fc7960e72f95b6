// Where the head and the body of a response lie among its bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/faults/fault.hpp"

namespace epicenter::faults {

/// How a response that was taken whole is laid out (RFC 9112, section 6.3).
struct message_layout {
  enum class framing { none, length, chunked, until_close };
  /// A stretch of the body that lies together among the bytes.
  struct run {
    std::size_t offset = 0;  ///< in the body
    std::size_t place = 0;   ///< among the bytes
    std::size_t size = 0;
  };

  std::size_t head_size = 0;  ///< with the empty line
  framing how = framing::none;
  std::size_t body_size = 0;  ///< without transfer coding, with content coding
  std::vector<run> runs;      ///< in order, none empty
  bool closes = false;        ///< the connection can carry no other response behind this one

  /// Where the byte of the body lies among the bytes. The offset must be below body_size.
  std::size_t place_of(std::size_t offset) const;
  /// What follows the response on the connection.
  delivery::then next() const { return closes ? delivery::then::close : delivery::then::go_on; }
};

/// Nothing where bytes, head and body do not agree: such a response is left alone.
std::optional<message_layout> layout_of(const whole_response&);

}  // namespace epicenter::faults
