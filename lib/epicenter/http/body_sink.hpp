// Where the body of a response goes that is not to be held whole.
#pragma once

#include <epicenter/base/result.hpp>
#include <epicenter/http/message.hpp>
#include <epicenter/runtime/runtime.hpp>

namespace epicenter::http {

class body_sink {
 public:
  virtual ~body_sink() = default;
  /// Called once, with status and fields of the final response. False: its body is collected, within the
  /// client's limits, and comes with the answer (an error's body is wanted as a whole).
  virtual bool begin(const response& head) = 0;
  /// Called with each part in its order; the bytes are valid until it completes, and no more is read before.
  /// An error ends the exchange, which fails with it.
  virtual runtime::task<result<>> take(std::string_view part) = 0;
};

}  // namespace epicenter::http
